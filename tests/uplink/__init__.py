"""The uplink, against real HTTPS servers on loopback."""
