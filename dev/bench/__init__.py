"""Measurements of the load, alone and against other ways of filling the same tables."""
