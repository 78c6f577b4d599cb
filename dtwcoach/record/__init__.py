"""Recording labelled takes of an exercise in front of a camera: by keys, or by a plan."""
