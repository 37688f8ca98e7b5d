"""A call while it lasts: its context from the telephony system, and what its agent says about the suggestions."""
