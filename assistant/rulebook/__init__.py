"""Words and rules as knowledge: drafted, checked, previewed on golden questions, applied by a second person, undone."""
