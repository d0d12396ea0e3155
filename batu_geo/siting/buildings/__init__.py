"""Candidate buildings: screening, readiness, costs and legal instruments."""
