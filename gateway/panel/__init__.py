"""The residents' panel: lamp, buzzer and buttons, and what the lamp depends on."""
