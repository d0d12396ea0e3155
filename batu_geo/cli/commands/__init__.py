"""One module a verb: its options, and what its function answers."""
