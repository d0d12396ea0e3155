"""Folium maps and the explorer as self-contained pages."""
