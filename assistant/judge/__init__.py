"""What kind of call this is, what must be known, what must be said first and never said."""
