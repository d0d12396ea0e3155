"""Trips to what is near: within a limit, nearer than another place, or to the nearest of all."""
