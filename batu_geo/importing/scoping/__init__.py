"""How far around a study a file is taken in."""
