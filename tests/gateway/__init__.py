"""The daemon's own parts, alone and together."""
