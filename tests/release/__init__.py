"""Releases: bundles, versions side by side, the gate."""
