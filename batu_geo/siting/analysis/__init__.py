"""Alternative optima, conflicting rules, building order and trade-offs."""
