"""What the home writes down of all that left and of who looked, and how it is read and verified."""
