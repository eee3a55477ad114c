"""Tests of a device that is swapped."""
