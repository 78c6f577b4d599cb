"""Coaching while it happens: frame after frame from a camera, with the final word at the end."""
