"""Travel time over the roads: arrays in, new arrays out."""
