"""Publishing: drafts become release n+1, and an index snapshot that answers from it."""
