"""The install stage: from a blank root to a live home over SSH, as a technician does it (docs/install-stage.md)."""
