"""Exact and heuristic search for the best plan without capacities."""
