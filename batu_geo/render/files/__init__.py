"""Write tables as CSV, GeoJSON and GeoPackage."""
