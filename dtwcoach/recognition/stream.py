"""Which movement somebody makes, frame by frame: probabilities, what was done last, a sentence.

All known movements are looked for in one chain (see `segmentation/subsequence`), so that each
stretch of time belongs to one of them or to none. A match is classified when it is nearly over, to
be shown, and decided when nothing better has followed for `LAG_S`: no decision rests on one frame.
Memory, and time per frame, depend on the movements that are known and not on how long it goes on.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from dtwcoach.motion.body import body_motion
from dtwcoach.motion.features import FEATURE_NAMES, FeatureSeries, measure
from dtwcoach.motion.recording import Recording
from dtwcoach.pose import FloatArray
from dtwcoach.recognition.classifier import Classifier, curve_of
from dtwcoach.segmentation.drive import Guide, bridged, drive_signal
from dtwcoach.segmentation.edges import DURATION_RANGE, implausible
from dtwcoach.segmentation.found import Rep, kept_frames
from dtwcoach.segmentation.guided import REACH_S, Span, bounded, is_lopsided, sides_of
from dtwcoach.segmentation.pauses import with_pauses
from dtwcoach.segmentation.stream import LAG_S, SpotStream
from dtwcoach.segmentation.templates import template_of

SENTENCE = 5
"""So many actions a sentence has."""
FORGET_S = 3.0
"""So long after its end a movement is still what somebody does."""
LOOK_EVERY_S = 0.2
"""How often it is looked whether there is a match, or it is over."""
NEARLY_OVER = 0.4
"""A movement is shown once it is back to this share of its way."""
GAP_S = 0.5
"""Frames further apart than this are not drawn through."""
AROUND_S, STEP_S = 2.0, 0.5
"""The body's heading and size are taken from so much before and after each step of a recording."""


@dataclass(frozen=True, eq=False)
class Movement:
    """A movement that is over.

    Parameters
    ----------
    label : str
        Its class; "" where it is none that is known.
    start_s, stop_s : float
    probabilities : (class + 1,) float
        As `Classifier.probabilities` gives them.
    """

    label: str
    start_s: float
    stop_s: float
    probabilities: FloatArray


@dataclass(frozen=True, eq=False)
class RecogniserState:
    """What is known after a frame.

    Parameters
    ----------
    probabilities : (class + 1,) float
        Of the last movement, or of the one that is about to be over; the last is that of none.
    action : str
        What is done, or was a moment ago; "" for nothing that is known.
    sentence : tuple of str
        The last five actions, without repeats.
    movement : Movement or None
        What was decided with this frame.
    """

    probabilities: FloatArray
    action: str
    sentence: tuple[str, ...]
    movement: Movement | None = None


class Recogniser:
    """Says which of the known movements somebody makes, while it goes on.

    Parameters
    ----------
    classifier : Classifier
    guides : mapping of str to Guide
        Class -> how its movement goes, with its course.
    rate_hz : float
        At which it works, whatever the frames' rate.
    """

    def __init__(
        self, classifier: Classifier, guides: Mapping[str, Guide], *, rate_hz: float = 30.0
    ) -> None:
        self._classifier, self._rate_hz = classifier, rate_hz
        self._ways = [
            way
            for label, both in zip(classifier.classes, classifier.either_side, strict=True)
            if label in guides
            for way in sides_of(guides[label], both=bool(both))
        ]
        self._spots = SpotStream(
            [template_of(way, rate_hz=rate_hz) for way in self._ways],
            names=classifier.names,
            rate_hz=rate_hz,
        )
        longest_s = max(DURATION_RANGE[1] * way.duration_s[1] for way in self._ways)
        frames = round((longest_s + REACH_S + LAG_S) * rate_hz)
        self._values: deque[FloatArray] = deque(maxlen=frames)
        self._times: deque[float] = deque(maxlen=frames)
        self._frame = self._free = 0
        self._looked_at = (0, 0)
        self._lag, self._every = round(LAG_S * rate_hz), max(1, round(LOOK_EVERY_S * rate_hz))
        self._probabilities = np.eye(len(classifier.classes) + 1)[-1]
        self._sentence: deque[str] = deque(maxlen=SENTENCE)
        self._last = Movement("", float("-inf"), float("-inf"), self._probabilities)

    @property
    def classes(self) -> tuple[str, ...]:
        """What the probabilities are of, but for the last one."""
        return self._classifier.classes

    def update(self, values: FloatArray, time_s: float, *, ignore: bool = False) -> RecogniserState:
        """Take in a frame.

        Parameters
        ----------
        values : (feature,) float
            In the classifier's order; NaN where not known.
        time_s : float
            Later than the last frame's.
        ignore : bool
            Whether the frame belongs to no movement, such as walking.
        """
        decided = None
        for moment_s, row in self._due(values, time_s):
            decided = self._step(row, moment_s, ignore=ignore) or decided
        return self._state(time_s, decided)

    def finish(self) -> RecogniserState:
        """End the stream: decide what only waited to be sure."""
        span = self._spots.finish()
        decided = self._decided(span) if span is not None else None
        return self._state(self._times[-1] if self._times else 0.0, decided)

    def _due(self, values: FloatArray, time_s: float) -> list[tuple[float, FloatArray]]:
        """Frames at the working rate up to this one, in between the last and this."""
        if not self._times:
            self._newest = time_s, values
            return [(time_s, values)]
        (before_s, before), self._newest = self._newest, (time_s, values)
        count = int((time_s - self._times[-1]) * self._rate_hz + 1e-6)
        if time_s - before_s > GAP_S:
            unknown = np.full(len(values), np.nan)
            count = min(count, self._values.maxlen or 0)  # a longer gap says no more
            return [
                *((time_s - k / self._rate_hz, unknown) for k in range(count - 1, 0, -1)),
                (time_s, values),
            ]
        due = []
        for k in range(1, count + 1):
            moment_s = self._times[-1] + k / self._rate_hz
            share = min(1.0, (moment_s - before_s) / (time_s - before_s))
            due.append((moment_s, before + share * (values - before) if share < 1 else values))
        return due

    def _step(self, values: FloatArray, time_s: float, *, ignore: bool) -> Movement | None:
        self._values.append(values)
        self._times.append(time_s)
        self._frame += 1
        over = self._spots.step(values, ignore=ignore)
        waiting = self._spots.open
        if over is None and waiting is not None and self._frame % self._every == 0:
            first, drive, rep = self._bounded(waiting)
            if rep is not None and self._rests_since(rep, drive):
                over = self._spots.settle(rep.stop + first)
            elif rep is not None and drive[-1] < NEARLY_OVER * drive[rep.turn]:
                self._look_at(rep, first)
        return self._decided(over) if over is not None else None

    def _look_at(self, rep: Rep, first: int) -> None:
        """Judge a match that may still grow, unless it is as it was when last looked at."""
        span = rep.start + first, rep.stop + first
        if span != self._looked_at:
            self._probabilities, self._looked_at = self._judged(rep), span

    def _rests_since(self, rep: Rep, drive: FloatArray) -> bool:
        """Whether the body is back where the movement began, though a match lingers."""
        return len(drive) - rep.stop >= self._lag and not self._spots.is_away

    def _decided(self, span: Span) -> Movement | None:
        _, drive, rep = self._bounded(span)
        self._free = span[2]
        if rep is None or is_lopsided(drive, rep):
            return None
        self._probabilities = self._judged(rep)
        label = self._classifier.name_of(self._probabilities)
        start_s, stop_s = self._times[rep.start], self._times[rep.stop - 1]
        self._last = Movement(label, start_s, stop_s, self._probabilities)
        if label and (not self._sentence or self._sentence[-1] != label):
            self._sentence.append(label)
        return self._last

    def _bounded(self, span: Span) -> tuple[int, FloatArray, Rep | None]:
        """First frame that is remembered, the drive since, and the match bounded in it."""
        way = self._ways[span[0]]
        times = np.array(self._times)
        series = FeatureSeries(times, np.array(self._values), self._classifier.names)
        drive = bridged(drive_signal(series, way), times)
        first = self._frame - len(drive)
        here = (span[0], max(span[1] - first, 0), span[2] - first)
        reach = (max(self._free - first, 0), len(drive))
        rep = bounded(drive, here, reach=reach, rate_hz=self._rate_hz)
        if rep is None or implausible((rep.stop - 1 - rep.start) / self._rate_hz, way):
            return first, drive, None
        return first, drive, with_pauses(rep, drive, self._rate_hz, way)

    def _judged(self, rep: Rep) -> FloatArray:
        kept = kept_frames(rep)
        curve = curve_of(np.array([self._values[frame] for frame in kept]))
        return np.asarray(self._classifier.probabilities(curve[None])[0])

    def _state(self, time_s: float, decided: Movement | None) -> RecogniserState:
        current = time_s - self._last.stop_s <= FORGET_S
        return RecogniserState(
            self._probabilities,
            self._last.label if current else "",
            tuple(self._sentence),
            decided,
        )


def sentence_of(movements: Sequence[Movement]) -> tuple[str, ...]:
    """All that is known of what was done, in order, without repeats."""
    labels = [movement.label for movement in movements if movement.label]
    return tuple(label for label, _ in groupby(labels))


def local_features(recording: Recording) -> FloatArray:
    """Features by the body's heading and size around each moment, (time, feature).

    Between movements people turn to another side, lie down or step back. Those of hands and face
    stay as they are.
    """
    series = recording.series
    around, step = (round(seconds * series.rate_hz) for seconds in (AROUND_S, STEP_S))
    values = series.values.copy()
    body = [series.names.index(name) for name in FEATURE_NAMES if name in series.names]
    if len(body) < len(FEATURE_NAMES):
        return values
    for first in range(0, len(values), step):
        low, stop = max(0, first - around), min(len(values), first + step)
        motion = body_motion(recording.cleaned.pose.slice(low, stop + around))
        values[first:stop, body] = measure(motion.positions[first - low : stop - low])
    return np.where(np.isfinite(series.values).any(axis=0), values, np.nan)
