"""Facts, gathered at the edge: each module asks one part of this machine, changes nothing, and judges nothing."""
