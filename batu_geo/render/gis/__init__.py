"""Layers for people with a GIS: styles, words and a project, from the words and colours of maps."""
