"""The walk-test: engine, certificate, month, and the whole of it at a terminal with real processes."""
