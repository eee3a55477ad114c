"""The pure core, through its public door."""
