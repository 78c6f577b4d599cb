"""How well movements are told apart, on clips that were left out."""
