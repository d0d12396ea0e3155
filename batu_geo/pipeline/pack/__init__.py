"""`brief`: one run as a pack of pages, printed maps, slides and tables."""
