"""Verbs of many regions: `batu-geo fleet`."""
