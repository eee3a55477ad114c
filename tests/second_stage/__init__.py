"""The second stage: what runs inside the container that `scripts/second-stage` boots (docs/second-stage.md)."""
