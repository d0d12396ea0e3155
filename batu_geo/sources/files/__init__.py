"""Open files safely: archives, XML, limits and recognition of formats."""
