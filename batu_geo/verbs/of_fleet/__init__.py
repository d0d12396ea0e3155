"""Verbs of many regions: `batu-geo fleet`."""

# Those that one file of all regions may hold, in the order in which they are brought.
TABLES = ("villages", "population", "facilities", "buildings", "indicators")
