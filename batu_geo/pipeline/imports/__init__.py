"""`import`: what offices have becomes the tables of a study."""
