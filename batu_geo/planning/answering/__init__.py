"""Answers of an office: applied to a study, what is still to ask, what they change."""
