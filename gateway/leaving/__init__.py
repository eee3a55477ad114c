"""A gateway leaves a home: everything of the home goes, here and at the desk (docs/decisions/0044)."""
