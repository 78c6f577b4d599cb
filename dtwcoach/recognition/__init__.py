"""Which of the known movements a body makes."""
