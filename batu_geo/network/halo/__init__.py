"""Parts of a joint network: who and what a region must know of its neighbours, and no more."""
