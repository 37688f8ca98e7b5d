"""Entries in and out of workbooks: columns matched and shown, every row reported, an export that imports the same."""
