"""Output of the verbs on a terminal and in a notebook."""
