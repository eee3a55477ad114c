"""Bluetooth: one scanner, one connection for each device, and a decoder for each profile.

`source.BleSource` puts them together. A new profile is a file with its characteristics and a line in
`profiles.py`; nothing else knows what the bytes mean.
"""
