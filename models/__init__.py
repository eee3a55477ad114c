"""The pure core of Wren: readings in, findings out. No clock, no I/O, no logging, no network."""
