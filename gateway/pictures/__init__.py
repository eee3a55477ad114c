"""What was learnt, drawn: in a terminal, and as pages of one file. Knows portraits and no model."""
