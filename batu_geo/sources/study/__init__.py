"""Read a study: study.toml, its input files and its scenarios."""
