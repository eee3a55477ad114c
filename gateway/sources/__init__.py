"""Where readings come from: GPIO, Bluetooth, recordings and the simulator. They never know each other."""
