"""The simulator: a plausible life, the same for the same seed, on the real source code."""
