"""Location models over any matrix, one call each."""
