"""Zhida's knowledge base: domain, text, encoders, index, search, records, curation."""
