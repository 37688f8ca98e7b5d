"""The same question, worse heard or half typed: derived variants of a set, and what they cost."""
