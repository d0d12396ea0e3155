"""What takes seconds, done in a process beside the server."""
