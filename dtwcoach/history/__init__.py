"""What is kept of the sets of named athletes, and how a person is forgotten."""
