"""A stand-in for BlueZ on a private D-Bus: real bleak and dbus-fast above it, no root, no kernel, no radio."""
