"""`wren wifi`: which networks there are, and a change that goes back by itself (docs/decisions/0044)."""
