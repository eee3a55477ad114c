"""Sources: pins, radio, recordings."""
