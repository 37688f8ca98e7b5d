"""Published outage notices that may concern the caller."""
