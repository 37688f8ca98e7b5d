"""Training of the bundled sentence encoder. Needs the `models` extra; nothing at run time imports this package."""
