"""Making gold sets: import tables, write files, split without sharing answers, keep a logged call as a question."""
