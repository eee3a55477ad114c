"""`wren replace`: another device in the place of a broken one; what was learnt of the sensor stays (0044)."""
