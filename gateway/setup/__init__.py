"""`wren setup`: a conversation in the terminal that writes the home's configuration (docs/decisions/0041)."""
