"""The sheet of paper for the person who lives there: what the box sees, what leaves, how to pause, how to say no."""
