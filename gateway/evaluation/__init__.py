"""Evidence: recorded homes, changed in known ways, through the same `Home` as live (docs/evaluation.md)."""
