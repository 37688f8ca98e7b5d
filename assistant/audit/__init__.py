"""Who did what to which version in which release: append-only events, each chained to the one before."""
