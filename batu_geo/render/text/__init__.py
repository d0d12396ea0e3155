"""Words, numbers and column headings in both languages, and escaping."""
