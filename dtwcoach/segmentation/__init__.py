"""Cutting the repetitions out of a recording."""
