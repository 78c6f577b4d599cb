"""The same repetitions from frames that arrive one by one.

Memory, and time per frame, depend on the movement looked for and not on how long the stream is.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from dtwcoach.motion.features import FeatureSeries
from dtwcoach.pose import FloatArray
from dtwcoach.segmentation.drive import BRIDGE_S, Guide, bridged, drive_signal
from dtwcoach.segmentation.edges import DURATION_RANGE, implausible
from dtwcoach.segmentation.found import Rep
from dtwcoach.segmentation.guided import (
    REACH_S,
    SIZES,
    Span,
    bounded,
    is_half,
    is_lopsided,
    range_of,
    sides_of,
    templates_of,
)
from dtwcoach.segmentation.pauses import with_pauses
from dtwcoach.segmentation.subsequence import Spotter
from dtwcoach.segmentation.templates import Template, costs

LAG_S = 0.3
"""A match is final when nothing better has ended, or the drive has rested, for so long."""
CHECK_EVERY = 3
"""Whether it rests is looked at in every so many-th frame."""
LEVEL = 0.8
"""The shorter way's share of the longer one when the drive is back where it rose from."""
STILL_AWAY = 0.5
"""So far from rest, in the template's border, a body is on its way whatever the drive says."""
MOST_OPEN = 1000
"""So many frames' ways out of a template are kept until the first of them is final."""
REMEMBERED = 100
"""So many repetitions say what the athlete usually does."""


class SpotStream:
    """Matches of templates in a stream of frames.

    Parameters
    ----------
    templates : sequence of Template
    names : tuple of str
        Features or channels of the frames, in their order.
    rate_hz : float
        Of the frames, and of the templates.
    """

    def __init__(
        self, templates: Sequence[Template], *, names: tuple[str, ...], rate_hz: float
    ) -> None:
        self._templates = tuple(templates)
        self._names = names
        self._lag, self._bridge = (round(seconds * rate_hz) for seconds in (LAG_S, BRIDGE_S))
        self._spotter = Spotter(tuple(map(len, self._templates)))
        shape = (len(self._templates), max(map(len, self._templates)))
        self._cost, self._idle = np.ones(shape), np.ones(shape[0])
        self._hidden = np.zeros(shape[0], dtype=int)
        self._left: deque[Span] = deque(maxlen=MOST_OPEN)
        self._done = 0

    def step(self, values: FloatArray, *, ignore: bool = False) -> Span | None:
        """Take in a frame.

        Parameters
        ----------
        values : (feature,) float
            NaN where not known.
        ignore : bool
            Whether the frame belongs to no repetition.

        Returns
        -------
        (template, start, stop) or None
            A match that is now known to be over; frames count from 0.
        """
        series = FeatureSeries(np.zeros(1), values[None], self._names)
        for k, template in enumerate(self._templates):
            seen = np.isfinite(series.columns(template.names)).mean() >= 0.5
            self._hidden[k] = 0 if seen else self._hidden[k] + 1
            forbidden = np.array([ignore or self._hidden[k] > self._bridge])
            cost, idle = costs(series, template, forbidden=forbidden)
            self._cost[k, : len(template)], self._idle[k] = cost[0], idle[0]
        left = self._spotter.step(self._cost[None], self._idle[None])[0]
        now = self._spotter.frame
        if left is not None and left[1] >= self._done:
            self._left.append((*left, now))
            # What the chain left before it entered this template is over.
            before = [span for span in self._left if span[2] <= left[1]]
            return self._settled(before[-1]) if before else None
        if self._left and now - self._left[-1][2] >= self._lag:
            return self.finish()
        return None

    @property
    def open(self) -> Span | None:
        """The latest match, while something better may still follow."""
        return self._left[-1] if self._left else None

    @property
    def is_away(self) -> bool:
        """Whether the latest frame is far from where the open match's template rests."""
        return bool(self._left and self._idle[self._left[-1][0]] > STILL_AWAY)

    def finish(self) -> Span | None:
        """Return the match that only waited for something better to follow."""
        return self._settled(self._left[-1]) if self._left else None

    def settle(self, stop: int) -> Span | None:
        """End the open match at a frame."""
        return self._settled((*self._left[-1][:2], stop)) if self._left else None

    def _settled(self, span: Span) -> Span:
        self._done = span[2]
        while self._left and self._left[0][1] < self._done:
            self._left.popleft()
        return span


@dataclass(frozen=True)
class Emitted:
    """A repetition found in a stream.

    Parameters
    ----------
    rep : Rep
        Frames count from the stream's first.
    kind : str
        "rep", "half" or "cut off".
    drive : (stop - start,) float
        Over the repetition.
    """

    rep: Rep
    kind: str
    drive: FloatArray


class RepStream:
    """Repetitions of a known movement in a stream of frames.

    Parameters
    ----------
    guide : Guide
        With its course.
    names : tuple of str
        Features of the frames, in their order.
    rate_hz : float
    both_sides : bool
        Whether the mirror image of the movement is looked for as well.
    """

    def __init__(
        self, guide: Guide, *, names: tuple[str, ...], rate_hz: float, both_sides: bool = False
    ) -> None:
        self._ways = sides_of(guide, both=both_sides)
        self._guide, self._names, self._rate_hz = guide, names, rate_hz
        templates = templates_of(self._ways, rate_hz=rate_hz)
        self._spots = SpotStream(templates, names=names, rate_hz=rate_hz)
        longest_s = DURATION_RANGE[1] * guide.duration_s[1] + REACH_S + LAG_S
        frames = round(longest_s * rate_hz)
        self._drives = [deque[float](maxlen=frames) for _ in self._ways]
        self._ranges: deque[float] = deque(maxlen=REMEMBERED)
        self._frame = self._free = 0

    def step(self, values: FloatArray, *, ignore: bool = False) -> Emitted | None:
        """Take in a frame; return the repetition that is now known to be over, if one is.

        Parameters
        ----------
        values : (feature,) float
            NaN where not known.
        ignore : bool
            Whether the frame belongs to no repetition, such as walking.
        """
        series = FeatureSeries(np.zeros(1), values[None], self._names)
        for way, drive in zip(self._ways, self._drives, strict=True):
            drive.append(float("nan") if ignore else float(drive_signal(series, way)[0]))
        self._frame += 1
        over = self._spots.step(values, ignore=ignore)
        if over is None and self._frame % CHECK_EVERY == 0:
            over = self._back_at_rest()
        return self._emitted(over)

    def finish(self) -> Emitted | None:
        """End the stream: return the repetition that only waited to be sure."""
        return self._emitted(self._spots.finish())

    def _back_at_rest(self) -> Span | None:
        """End a match that lingers after the drive has come back to where it rose from."""
        lingers = self._spots.open
        if lingers is None or self._spots.is_away:
            return None
        first, drive, rep = self._bounded(lingers)
        lag = round(LAG_S * self._rate_hz)
        if rep is None or len(drive) - rep.stop < lag or is_lopsided(drive, rep, share=LEVEL):
            return None
        return self._spots.settle(rep.stop + first)

    def _bounded(self, span: Span) -> tuple[int, FloatArray, Rep | None]:
        """First frame that is remembered, the drive since, and the match bounded in it."""
        remembered = self._drives[span[0] // len(SIZES)]
        first = self._frame - len(remembered)
        time_s = np.arange(len(remembered)) / self._rate_hz
        drive = bridged(np.array(remembered), time_s)
        here = (span[0], max(span[1] - first, 0), span[2] - first)
        reach = (max(self._free - first, 0), len(drive))
        return first, drive, bounded(drive, here, reach=reach, rate_hz=self._rate_hz)

    def _emitted(self, span: Span | None) -> Emitted | None:
        if span is None:
            return None
        first, drive, rep = self._bounded(span)
        if rep is None or implausible((rep.stop - 1 - rep.start) / self._rate_hz, self._guide):
            return None
        self._free = span[2]
        own_way = span[0] // len(SIZES)
        own = range_of(drive, rep)
        if is_lopsided(drive, rep):
            kind = "cut off"
        else:
            self._ranges.append(own)
            kind = "half" if is_half(own, self._ranges) else "rep"
        complete = with_pauses(rep, drive, self._rate_hz, self._guide)
        moved = replace(
            complete,
            start=rep.start + first,
            turn=rep.turn + first,
            stop=rep.stop + first,
            pauses=tuple((a + first, b + first) for a, b in complete.pauses),
            side=self._ways[own_way].side if len(self._ways) > 1 else "",
            mirrored=own_way > 0,
        )
        return Emitted(moved, kind, drive[rep.start : rep.stop])
