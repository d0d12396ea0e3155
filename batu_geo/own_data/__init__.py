"""One's own roads and places, without a study: tables of places in, tables of places out."""
