"""The only place that draws or writes for people."""
