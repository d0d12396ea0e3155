"""Many regions: results named by what went into them, made on an engine that exists."""
