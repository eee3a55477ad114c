"""What `wren watch` knows: the rows of the sensors, what happened last, and what changes slowly beside them."""
