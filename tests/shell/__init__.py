"""The daemon's shell: systemd, the log, supervision."""
