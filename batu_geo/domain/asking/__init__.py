"""What may be asked of an office, and its answers."""
