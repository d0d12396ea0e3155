"""The law of the road by vehicle: access, barriers, turns and rules by time, from tags."""
