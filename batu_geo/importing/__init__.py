"""Convert the files of offices into tables of a study."""
