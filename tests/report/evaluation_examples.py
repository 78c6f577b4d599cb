"""An evaluation as its page shows it: three classes, a few mistakes."""

from __future__ import annotations

import numpy as np

from dtwcoach.evaluation.evaluation import Evaluation, Judged

CLASSES = ("lunge", "squat", "wave")
SAID = ("lunge", "lunge", "squat", "squat", "squat", "", "wave", "wave", "lunge")


def make_evaluation(
    *, title: str = "clips", classes: tuple[str, ...] = CLASSES, name: str = "anna_1.mp4"
) -> Evaluation:
    """Nine clips, three of each class, of which three are mistaken."""
    places = dict(zip((*CLASSES, ""), range(4), strict=True))
    clips = []
    for number, said in enumerate(SAID):
        chances = np.full(4, 0.1 / 3)
        chances[places[said]] = 0.9 if number % 2 else 0.6
        rest = [k for k in range(4) if k != places[said]]
        chances[rest] = (1 - chances[places[said]]) / 3
        own = classes[places[said]] if said else ""
        clips.append(Judged(classes[number // 3], name, name[:4], own, chances, number != 2))
    split = "Left out: one person at a time; no person is on both sides."
    return Evaluation(title, classes, split, tuple(clips), (f"squat/{name}: empty",))
