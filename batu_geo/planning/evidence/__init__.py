"""What each number rests on: its sources, the weakest class of them, what binds it."""
