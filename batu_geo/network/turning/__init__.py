"""Turns: what may follow what, and the states that remember how a traveller came."""
