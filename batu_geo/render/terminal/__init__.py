"""What the verbs print on a terminal and show in a notebook."""
