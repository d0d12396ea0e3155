"""Road files: one reader a format, and one form of tags for all of them."""
