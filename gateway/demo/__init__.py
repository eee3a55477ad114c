"""The demonstration: a simulated resident, the real gateway, a desk on this machine."""
