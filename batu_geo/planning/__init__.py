"""The answer and every variant of it: pure, no file is opened and nothing is drawn."""
