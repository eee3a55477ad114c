"""What runs on the Pi: looks, then does, one step at a time. The laptop sends it, and it leaves no file of itself."""
