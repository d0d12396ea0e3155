"""The briefing pack: what each document says, and how it is set."""
