"""Clean blocks become knowledge: clauses, table rows, sections, notices, typical Q&A, and guards from bad examples."""
