"""Watchers: what in the published knowledge a curator should look at, each in one file, all in one shape."""
