"""Files become blocks: one module per kind of file, chosen by content."""
