"""`wren doctor`: what is wrong with this gateway, by its cause, and the exact next step."""
