"""The three databases, each with one writing process."""
