"""Comparison of the load with other ways of filling the same tables."""
