"""How well people are served: pure functions of travel times and people."""
