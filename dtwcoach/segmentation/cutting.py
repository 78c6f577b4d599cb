"""From a recording to its repetitions."""

from __future__ import annotations

from dtwcoach.motion.recording import Recording
from dtwcoach.segmentation.drive import Guide
from dtwcoach.segmentation.found import Segmentation
from dtwcoach.segmentation.guided import find_reps
from dtwcoach.segmentation.unguided import discover_reps


def cut(recording: Recording, guide: Guide | None) -> Segmentation:
    """Find the repetitions of a known movement, or without a guide of whatever repeats itself."""
    if guide is None:
        return discover_reps(recording.series, ignore=recording.walking)
    return find_reps(recording.series, guide, ignore=recording.walking)
