"""Streets as areas: strips along them, and unions of these."""
