"""`wren doctor`, on a sound home with one fault put into it at a time."""
