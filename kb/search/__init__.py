"""From tokens to ranked candidates, each with one calibrated probability. Raw scores never leave this package."""
