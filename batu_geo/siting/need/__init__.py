"""Need of villages: the ranking and how stable it is."""
