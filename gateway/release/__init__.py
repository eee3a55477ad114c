"""Releases: what a signed bundle is, and how a version of Wren is put beside the one that runs (decision 0038).

Standard library only (and `gateway.errors`, `gateway.small_files`, which are): the first installation runs this with
the system's Python out of the verified wheel, before any package of Wren's is there.
"""
