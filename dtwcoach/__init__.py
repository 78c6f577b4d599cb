"""dtwcoach checks exercise repetitions against a trainer's own references."""

__version__ = "0.1.0"
