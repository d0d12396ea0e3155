"""Read each input table and check it against its contract."""
