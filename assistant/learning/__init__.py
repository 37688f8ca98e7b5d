"""What calls teach: requests, gaps, phrasings, drafts from orders, and who was told which outage."""
