"""The desk: the provider's side. Receives, verifies, shows, and says when a home is not heard."""
