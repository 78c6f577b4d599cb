"""`dtwcoach count`: every repetition of a recording, and which exercise it is."""

from __future__ import annotations

import csv
import io
from argparse import Namespace
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from dtwcoach.cli import FAILED, OK
from dtwcoach.cli.plain import plain
from dtwcoach.cli.screen import Bar, library, print_json, say, table, warn
from dtwcoach.errors import UsageError
from dtwcoach.matching.library import Library
from dtwcoach.matching.reasons import nothing_found
from dtwcoach.motion.recording import Recording, describe
from dtwcoach.recognition import Stretch, recognise, stretches
from dtwcoach.report.tables import disarmed
from dtwcoach.report.words import clock
from dtwcoach.segmentation.cutting import cut
from dtwcoach.segmentation.found import Rep, Segmentation
from dtwcoach.segmentation.phases import phases_of
from dtwcoach.settings import SCHEMA_VERSION, Settings

if TYPE_CHECKING:
    from dtwcoach.matching.judging import Judge
    from dtwcoach.pose import PoseSequence

LENIENT = Settings(min_confidence=0.0, max_gap_s=0.5)
"""Who only counts may trust what the pose model guesses of joints that it does not see."""
UNKNOWN = "unknown exercise"
WAYS = ("start", "out", "turn", "back", "end", "hold")


@dataclass(frozen=True, eq=False)
class Count:
    """What a recording shows, and by what it was looked for.

    Parameters
    ----------
    by : str
        "references", or "repetition": whatever repeats itself.
    time_s : (time,) float
    found : Segmentation
    titles : dict
        Exercise -> what people read.
    notes : tuple of str
    """

    by: str
    time_s: np.ndarray
    found: Segmentation
    titles: dict[str, str]
    notes: tuple[str, ...]


def run(options: Namespace) -> int:
    """Count; fail where nothing is found."""
