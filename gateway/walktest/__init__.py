"""The walk-test: every sensor set off and seen, the help button answered, and a certificate of it (decision 0042)."""
