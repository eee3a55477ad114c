"""From a technician's laptop, one command over SSH turns a fresh Raspberry Pi OS into a gateway (docs/provisioning.md).

`gateway.provision.*` runs on the laptop, `gateway.provision.pi.*` on the Pi: its sources are carried there over the SSH
line and run by the Pi's own python3. Both use the standard library alone (docs/decisions/0039-provisioning.md).
"""
