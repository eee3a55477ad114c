"""The guides, held to the program that they tell of."""
