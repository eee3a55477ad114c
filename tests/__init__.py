"""Behaviour through public doors; real things rather than mocks of our own code."""
