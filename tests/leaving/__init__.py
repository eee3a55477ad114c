"""Tests of a gateway that leaves its home."""
