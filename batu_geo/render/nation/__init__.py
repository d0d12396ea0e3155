"""The page of many regions: borders as shared arcs, every village on one offline file."""
