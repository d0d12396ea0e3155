"""`check`: hold every input of a study, or one file, against its contract."""
