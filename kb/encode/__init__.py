"""Texts as vectors behind one small Protocol."""
