"""What crosses the wall: the closed message schema, and the process that carries it to the provider."""
