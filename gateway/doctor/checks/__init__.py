"""Checks: pure functions from facts to findings, a module for each part of the machine."""
