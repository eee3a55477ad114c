"""What happens at home just now, shown to somebody who stands in it: the daemon's side and a watcher's."""
