"""One module a verb: files in, files out."""
