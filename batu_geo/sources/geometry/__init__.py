"""Vector files: features, coordinates, projections and repairs."""
