"""A seeded simulator of one resident's life, which drives the real source code (docs/decisions/0007).

`life.Life` says what a person does, `house.home_toml` describes where, `stage.Stage` carries it to mock pins
and notification bytes, and `recording.record` writes it as a folder that `wren replay` reads.
"""
