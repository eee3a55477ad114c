"""The desk, running."""
