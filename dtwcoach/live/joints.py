"""Which joints are off right now, beside the references at the same point of the movement."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dtwcoach.live.watch import Watch
from dtwcoach.matching.feedback import TURN
from dtwcoach.matching.judging import Judge
from dtwcoach.motion.features import FeatureSeries
from dtwcoach.motion.groups import KNOWN_FEATURES
from dtwcoach.pose import INDEX, KEYPOINTS, MIRROR, FloatArray, mirrored_name
from dtwcoach.report.departures import keypoints_of
from dtwcoach.segmentation.drive import Guide, drive_signal

REACH = 8
"""Samples of a repetition by which the moment may be mistaken."""
SPARE = 0.25
"""The band is wider by this share: features of a single moment are less sure than those of a whole
repetition. On drawn people 15 % instead of 28 % of the right repetitions then show a joint that is
off at some time, and as many of the wrong ones, two of three, show the one that is at fault."""
AT_TURN = 0.85
"""Who has gone this share of the usual way is at the turn."""
LASTING_S = 0.15
"""A joint is shown as off when its features have been for so long."""


class JointWatch:
    """Compares features with the references' band, moment by moment.

    The band is the one of the report: the references' range, or tolerance times limit around their
    mean, whichever is further out. Where in the movement the body is, its drive tells.
    """

    def __init__(self, judge: Judge) -> None:
        reach = np.nan_to_num(judge.spread(judge.rule.tolerance * judge.rule.limit))
        low, high = np.fmin(judge.low, judge.mean - reach), np.fmax(judge.high, judge.mean + reach)
        # Half-way through a pair of sides nobody knows where in the pair the body is.
        aside = ~judge.counts | (judge.exercise.sides == "pair")
        low[:, aside], high[:, aside] = -np.inf, np.inf
        self._turn, self._phases = judge.turn, judge.exercise.phases
        self._is_hold = not isinstance(judge.guide, Guide)
        reach_of = len(low) if self._is_hold else REACH
        low, high = -_widest(-low, reach_of), _widest(high, reach_of)
        with np.errstate(invalid="ignore"):
            room = SPARE * np.nan_to_num(high - low, posinf=0.0) / 2
        self._low, self._high = low - room, high + room
        self._drive = np.zeros(len(low))
        if isinstance(judge.guide, Guide):
            mean = FeatureSeries(np.arange(len(low), dtype=float), judge.mean, judge.names)
            self._drive = np.nan_to_num(drive_signal(mean, judge.guide))
        self._shown_by = np.zeros((len(judge.names), len(KEYPOINTS)), dtype=bool)
        for number, name in enumerate(judge.names):
            points = [INDEX[point] for point in keypoints_of(KNOWN_FEATURES[name].joint)]
            self._shown_by[number, points] = True
        self._other = [judge.names.index(mirrored_name(name)) for name in judge.names]
        self._sign = np.array([-1.0 if KNOWN_FEATURES[name].flips else 1.0 for name in judge.names])
        self._since_s = np.full(len(KEYPOINTS), np.inf)

    def step(
        self, values: FloatArray, watch: Watch, time_s: float, *, mirrored: bool = False
    ) -> tuple[NDArray[np.bool_], str]:
        """Take in a frame.

        Returns
        -------
        off : (keypoint,) bool
            None of them between repetitions.
        phase : str
            As the exercise calls it; "" between repetitions.
        """
        if not watch.away:
            self._since_s[:] = np.inf
            return np.zeros(len(KEYPOINTS), dtype=bool), ""
        at = self._sample(watch)
        if watch.mirrored:
            values, mirrored = self._sign * values[self._other], not mirrored
        with np.errstate(invalid="ignore"):
            beyond = (values < self._low[at]) | (values > self._high[at])
        off = self._shown_by[beyond].any(axis=0)
        self._since_s = np.where(off, np.fmin(self._since_s, time_s), np.inf)
        lasting = time_s - self._since_s >= LASTING_S
        near = self._is_hold or watch.drive > AT_TURN * watch.usual
        phase = self._phases[TURN if near else TURN + 1 if watch.returning else TURN - 1]
        return np.asarray(lasting[MIRROR] if mirrored else lasting), phase

    def _sample(self, watch: Watch) -> int:
        """The references' sample at which they are as far along as the body now is."""
        if self._is_hold:
            return self._turn
        part = slice(self._turn, None) if watch.returning else slice(0, self._turn + 1)
        return (part.start or 0) + int(np.abs(self._drive[part] - watch.drive).argmin())


def _widest(values: FloatArray, reach: int) -> FloatArray:
    """The largest of each sample's neighbours up to so far away, NaN where none is known."""
    padded = np.pad(values, ((reach, reach), (0, 0)), constant_values=np.nan)
    windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1, axis=0)
    return np.asarray(np.fmax.reduce(windows, axis=-1))
