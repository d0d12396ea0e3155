"""The explorer: a page that computes, of a whole study or of each of its districts."""
