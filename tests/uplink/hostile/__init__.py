"""Servers that mean no good, and what becomes of a home's messages at each (RELIABILITY, faults 18-22)."""
