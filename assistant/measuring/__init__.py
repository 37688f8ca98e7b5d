"""Measuring from the console: runs in the background, and what people think of the answers."""
