"""Where the next unit should go: gaps, candidate buildings, placements."""
