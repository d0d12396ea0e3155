"""The verbs of `batu-geo fleet`, one module each."""
