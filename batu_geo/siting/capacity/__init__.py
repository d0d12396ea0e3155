"""Assignment of demand within capacities and the search for the best plan under them."""
