"""Answers, studies and changes as plain values and words for the page."""
