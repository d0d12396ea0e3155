"""OpenStreetMap: extracts, servers, tags and the road network."""
