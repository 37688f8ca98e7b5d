"""Keeping knowledge true: who may do what with it, the gate before a publication, what agents report."""
