"""Workouts: what a plan asks for, how far one is with it, and what recordings show of it."""
