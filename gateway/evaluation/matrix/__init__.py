"""The fault matrix: which sensors die, how, what the resident does meanwhile, and who is told what (issue 4)."""
