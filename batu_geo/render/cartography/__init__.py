"""What each map shows: layers, classes, colours, legend and titles, for every medium at once."""
