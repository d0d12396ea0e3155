"""Check the inputs of a study against their contracts and propose repairs."""
