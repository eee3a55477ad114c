"""The way back in: what people at the desk answered, checked by the daemon itself and told to the home."""
