"""What is looked for in a recording: the course of a movement, through any features or channels."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from dtwcoach.motion.features import FeatureSeries, resample
from dtwcoach.pose import FloatArray
from dtwcoach.segmentation.drive import BRIDGE_S, Guide, finite_runs, scales
from dtwcoach.segmentation.subsequence import frame_costs

BORDER = 0.6
"""A frame so far from the template, as a share of the template's own largest departure from rest,
is as good as no part of it. On drawn recordings any share from 0.5 to 0.8 counts as well."""
LEAST = 0.01
"""Whatever moves less than so many scales stands still: its noise is no movement."""
EARLY = 0.02
"""What idleness costs less than a template that fits as well, so that matches end with the
movement."""
NEAR_REST = 0.1
"""Share of its largest departure within which a template is as good as at rest."""
FORBIDDEN = 50.0
"""Cost of a frame in which nothing can be matched: the athlete walks or is out of sight."""


@dataclass(frozen=True, eq=False)
class Template:
    """The course of a movement from rest to rest.

    Parameters
    ----------
    names : tuple of str
        Features or channels.
    course : (samples, feature) float
        Finite; one sample for each frame at the working rate, over `scale`.
    scale : (feature,) float
        Differences of this size count as equally large.
    weight : (feature,) float
        How much each feature says.
    border : float
        Distance, in scales, at which a frame is as good as no part of it.
    """

    names: tuple[str, ...]
    course: FloatArray
    scale: FloatArray
    weight: FloatArray
    border: float

    def __len__(self) -> int:
        return len(self.course)

    @property
    def rest(self) -> FloatArray:
        """Where the movement begins and ends, (feature,) over `scale`."""
        return np.asarray((self.course[0] + self.course[-1]) / 2)

    @cached_property
    def near_rest(self) -> np.ndarray:
        """Samples, (samples,) bool, so near to rest that who stays there is idle."""
        departure = frame_costs(self.course, self.rest[None], self.weight)[:, 0]
        near = departure <= NEAR_REST * departure.max()
        near[[0, -1]] = True
        return np.asarray(near)

    def smaller(self, share: float) -> Template:
        """The same movement given up after this share of its way, with the same border."""
        return replace(self, course=self.rest + share * (self.course - self.rest))


def make_template(
    names: tuple[str, ...],
    values: FloatArray,
    *,
    scale: FloatArray,
    rest: FloatArray | None = None,
    border: float = BORDER,
) -> Template:
    """Prepare one execution, or the average of several, to be looked for.

    Features weigh as much as they move.

    Parameters
    ----------
    names : tuple of str
    values : (samples, feature) float
        Finite, at the working rate.
    scale : (feature,) float
    rest : (feature,) float, optional
        Where the movement begins and ends, where that is known; else what `values` begin and end
        with.
    border : float
        Share of the largest departure from rest at which a frame is as good as no part of it.

    Raises
    ------
    ValueError
        When a value is not finite or nothing moves.
    """
    course = values / scale
    if rest is not None:
        course[[0, -1]] = rest / scale
    if not np.isfinite(course).all():
        raise ValueError("A template with NaN or infinity arrived; leave such features out.")
    middle = (course[0] + course[-1]) / 2
    weight = np.abs(course - middle).max(axis=0)
    if weight.max() < LEAST:
        raise ValueError("A template arrived in which nothing moves.")
    farthest = frame_costs(course, middle[None], weight).max()
    return Template(names, course, scale, weight, border * float(farthest))


def template_of(guide: Guide, *, rate_hz: float) -> Template:
    """The guide's whole movement, at a rate."""
    course = resample(guide.course, max(3, round(guide.usual_s * rate_hz)))
    return make_template(guide.course_names, course, scale=scales(guide.course_names))


def costs(
    series: FeatureSeries, template: Template, *, forbidden: np.ndarray
) -> tuple[FloatArray, FloatArray]:
    """What every frame costs as each sample of a template, and as no part of it.

    In units of the template's border, at which both are capped: a frame unlike everything says as
    little for a repetition as against it.

    Parameters
    ----------
    series : FeatureSeries
    template : Template
    forbidden : (time,) bool
        See `out_of_reach`.

    Returns
    -------
    cost : (time, samples) float
    idle : (time,) float
    """
    values = series.columns(template.names) / template.scale
    distance = frame_costs(values, template.course, template.weight) / template.border
    cost = np.minimum(distance, 1.0, out=distance)
    # Idleness fits no worse than what is near rest, so that no match lingers there.
    idle = cost[:, template.near_rest].min(axis=1)
    idle = np.where(np.isfinite(idle), idle, 1.0)
    cost = np.where(np.isfinite(cost), cost, idle[:, None])
    cost[forbidden] = FORBIDDEN
    return cost, idle - EARLY


def out_of_reach(
    series: FeatureSeries, names: tuple[str, ...], *, ignore: np.ndarray | None = None
) -> np.ndarray:
    """Frames in which nothing can be matched: to be ignored, or in a long gap.

    Parameters
    ----------
    series : FeatureSeries
    names : tuple of str
        A gap shows less than half of them.
    ignore : (time,) bool, optional

    Returns
    -------
    (time,) bool
    """
    hidden = np.isfinite(series.columns(names)).mean(axis=1) < 0.5
    result = np.zeros(len(series), dtype=bool) if ignore is None else ignore.copy()
    for first, stop in finite_runs(np.where(hidden, 0.0, np.nan)):
        if series.time_s[stop - 1] - series.time_s[first] > BRIDGE_S:
            result[first:stop] = True
    return result
