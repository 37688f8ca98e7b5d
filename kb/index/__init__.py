"""Immutable, checksummed snapshots of everything that can be searched; derived from the records."""
