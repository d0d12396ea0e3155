"""The verbs: each one a line of steps through the layers below."""
