"""What calls teach: requests from agents, questions nobody could answer, phrasings, drafts from orders, outages told."""
