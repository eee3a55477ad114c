"""Tests of the change of a Wi-Fi network."""
