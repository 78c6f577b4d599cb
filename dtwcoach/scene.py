"""What is drawn at each moment of a set: skeleton, joints that are off, caption, reference."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from dtwcoach import drawing
from dtwcoach.drawing import Picture
from dtwcoach.matching.assessment import RepAssessment, SetAssessment, Verdict
from dtwcoach.motion.body import mirrored_body
from dtwcoach.motion.recording import Recording
from dtwcoach.pose import INDEX, KEYPOINTS, FloatArray, mirrored_name
from dtwcoach.report.curves import has_curves
from dtwcoach.report.departures import by_moment, keypoints_of, tied_samples

SHOWN_S = 2.0
"""A verdict stays for so long, also where the next repetition follows at once."""

SIGNS = {
    Verdict.RIGHT: ("tick", drawing.BLUE),
    Verdict.WRONG: ("cross", drawing.VERMILLION),
    Verdict.CANNOT_JUDGE: ("question", drawing.GREY),
}
STILL_PARTS = ("ankle", "wrist", "hip", "shoulder")
"""What people stand on, hang from or lie on."""


@dataclass(frozen=True)
class Caption:
    """What stands below a picture.

    Parameters
    ----------
    counter : str
        "3 of 8".
    verdict : Verdict or None
    headline, detail : str
    """

    counter: str
    verdict: Verdict | None
    headline: str
    detail: str


def caption_at(assessment: SetAssessment, time_s: float) -> Caption:
    """Return what is said at a moment: the counter, and the last verdict until the next rep."""
    reps, noun = assessment.reps, assessment.noun
    if not reps:
        advice = assessment.reasons[0].advice if assessment.reasons else ""
        return Caption("", assessment.verdict, str(assessment.verdict or "").capitalize(), advice)
    begun = sum(rep.start_s <= time_s for rep in reps)
    if not begun:
        return Caption("", None, assessment.title, f"{len(reps)} {noun}{'s' * (len(reps) > 1)}")
    counter = f"{begun} of {len(reps)}"
    said = reps[begun - 1] if time_s > reps[begun - 1].stop_s else None
    if said is None and begun > 1 and time_s < reps[begun - 2].stop_s + SHOWN_S:
        said = reps[begun - 2]
    if said is None:
        return Caption(counter, None, "", "")
    headline = f"{noun.capitalize()} {said.number}: {said.verdict}"
    return Caption(counter, said.verdict, headline, said.cue)


@dataclass(frozen=True, eq=False)
class Tracks:
    """Where the athlete's keypoints are in the picture.

    Parameters
    ----------
    time_s : (time,) float
    points : (time, keypoint, 2) float
        Pixels; NaN where not known.
    """

    time_s: FloatArray
    points: FloatArray

    def at(self, time_s: float) -> FloatArray:
        """Return the keypoints at a moment, (keypoint, 2), between two frames in proportion."""
        before = max(0, int(np.searchsorted(self.time_s, time_s, side="right")) - 1)
        after = min(before + 1, len(self.time_s) - 1)
        step_s = float(self.time_s[after] - self.time_s[before])
        share = float(np.clip((time_s - self.time_s[before]) / step_s, 0, 1)) if step_s else 0.0
        between = (1 - share) * self.points[before] + share * self.points[after]
        nearest = self.points[after if share > 0.5 else before]
        return np.asarray(np.where(np.isnan(between), nearest, between))


def tracks_in(recording: Recording, size: tuple[int, int]) -> Tracks:
    """Return the cleaned keypoints, as they were judged, in pictures of this width and height."""
    pose = recording.cleaned.pose
    scale = np.array(size) / pose.frame_size if all(pose.frame_size) else 1.0
    return Tracks(pose.time_s, pose.image[..., :2] * scale)


class Scene:
    """Draws the frames of one film.

    Parameters
    ----------
    assessment : SetAssessment
    size : (width, height)
        Of the video's pictures.
    beside : bool
        Whether the reference's body stands beside them.

    Attributes
    ----------
    size : (width, height)
        Of what is drawn, both even: the pictures, beside them the reference, below the caption.
    """

    def __init__(self, assessment: SetAssessment, size: tuple[int, int], *, beside: bool) -> None:
        self._assessment, self._beside = assessment, beside
        self._width, self._height = (max(2, side // 2 * 2) for side in size)
        whole = self._width * (1 + beside)
        self._letter_px = max(8.0, min(whole / 26, self._height / 16))
        self.size = (whole, self._height + round(3.8 * self._letter_px) // 2 * 2)
        self._off = [_off(assessment, rep) for rep in assessment.reps]
        self._tracks = self._stand = None
        if assessment.recording is not None:
            self._tracks = tracks_in(assessment.recording, size)
            self._stand = stand_of(assessment.recording, self._tracks, assessment.reps)

    def draw(self, image: Picture, time_s: float) -> Picture:
        """Return a picture of the video with everything that belongs to its moment."""
        width, height = self._width, self._height
        drawn = np.empty((self.size[1], self.size[0], 3), np.uint8)
        drawn[:height, :width] = image[:height, :width]
        if self._tracks is not None:
            points = self._tracks.at(time_s)
            drawing.draw_skeleton(drawn[:height, :width], points, off=self._off_at(time_s))
        if self._beside:
            self._draw_reference(drawn[:height, width:], time_s)
        said = caption_at(self._assessment, time_s)
        strip_px = self.size[1] - height
        drawn[height:] = _strip(said, self.size[0], strip_px, letter_px=self._letter_px)
        return drawn

    def _off_at(self, time_s: float) -> NDArray[np.bool_] | None:
        """Which keypoints are off at this moment; None between repetitions."""
        for rep, off in zip(self._assessment.reps, self._off, strict=True):
            if rep.start_s <= time_s <= rep.stop_s and len(off):
                return np.asarray(off[np.abs(rep.sample_s - time_s).argmin()])
        return None

    def _draw_reference(self, panel: Picture, time_s: float) -> None:
        """Draw the reference's body as it is at the same point of the repetition."""
        letter_px = self._letter_px
        panel[:] = drawing.PAPER
        label = drawing.text_picture(
            "Reference",
            size_px=0.8 * letter_px,
            width_px=round(5 * letter_px),
            colour=drawing.INK,
            background=drawing.PAPER,
        )
        drawing.paste(panel, label, left=round(letter_px / 2), top=round(letter_px / 2))
        body = self._assessment.reference_body
        if self._stand is None or not len(body):
            return
        begun = [rep for rep in self._assessment.reps if rep.start_s <= time_s]
        rep = (*begun[-1:], *self._assessment.reps[:1], None)[0]
        sample = _reference_sample(rep, time_s) if rep else 0
        shown = body[sample : sample + 1]
        shown = mirrored_body(shown) if rep and rep.mirrored else shown
        drawing.draw_skeleton(panel, self._stand.seen(shown[0]), colour=drawing.INK)


@dataclass(frozen=True, eq=False)
class Stand:
    """How body coordinates lie in the athlete's picture, and which part of the body stays put.

    Parameters
    ----------
    yaw_deg, torso_px : float
        See `drawing.figure_points`.
    part : str
        One of `STILL_PARTS`.
    place : (2,) float
        Where it is, pixels.
    """

    yaw_deg: float
    torso_px: float
    part: str
    place: FloatArray

    def seen(self, positions: FloatArray) -> FloatArray:
        """Return where a body, (keypoint, 3), would be seen there, (keypoint, 2) pixels."""
        points = drawing.figure_points(
            positions, yaw_deg=self.yaw_deg, torso_px=self.torso_px, at=np.zeros(2)
        )
        return np.asarray(points + self.place - _middle(points, self.part))


def stand_of(recording: Recording, tracks: Tracks, reps: Sequence[RepAssessment]) -> Stand | None:
    """Return how another body must be placed to look as filmed in the athlete's stead.

    The way from body coordinates to the picture is fitted to the athlete's own keypoints, and the
    body stands on, or hangs from, what moves least in the athlete's picture. None where too little
    was seen.
    """
    body = recording.body.positions
    picture = tracks.points - _middle(tracks.points, "hip")[:, None]
    known = np.isfinite(picture).all(axis=2) & np.isfinite(body).all(axis=2)
    if known.sum() < 2:
        return None
    across, forward = np.linalg.lstsq(body[known][:, [0, 2]], picture[known][:, 0], rcond=None)[0]
    during = [(tracks.time_s >= rep.start_s) & (tracks.time_s <= rep.stop_s) for rep in reps]
    points = tracks.points[np.any(during, axis=0)] if during else tracks.points
    places = {}
    for part in STILL_PARTS:
        place = _middle(points, part)
        seen = np.isfinite(place).all(axis=1)
        if 2 * seen.sum() > len(seen):
            places[part] = place[seen]
    if not places:
        return None
    part = min(places, key=lambda name: float(places[name].std(axis=0).sum()))
    return Stand(
        yaw_deg=math.degrees(math.atan2(-forward, across)),
        torso_px=math.hypot(across, forward),
        part=part,
        place=np.median(places[part], axis=0),
    )


def _middle(points: FloatArray, part: str) -> FloatArray:
    """Middle between the two sides of a joint, (..., 2)."""
    left, right = (points[..., INDEX[f"{side}_{part}"], :] for side in ("left", "right"))
    return np.asarray((left + right) / 2)


def _reference_sample(rep: RepAssessment, time_s: float) -> int:
    """The reference sample that a moment is tied to; the first before the rep, the last after."""
    if not len(rep.sample_s) or not len(rep.attempt):
        return 0
    return round(float(np.interp(time_s, rep.sample_s, tied_samples(rep))))


def _off(assessment: SetAssessment, rep: RepAssessment) -> NDArray[np.bool_]:
    """Which of the athlete's own keypoints are off, (samples, keypoint).

    None of a repetition that was right as a whole: a moment beyond the edge is no fault.
    """
    off = np.zeros((len(rep.sample_s), len(KEYPOINTS)), dtype=bool)
    if rep.verdict is not Verdict.WRONG or not has_curves(assessment, rep):
        return off
    for joint, size in by_moment(assessment, rep).items():
        names = keypoints_of(joint)
        names = tuple(map(mirrored_name, names)) if rep.mirrored else names
        off[:, indices_of(names)] |= (size > 1.0)[:, None]
    return off


def indices_of(names: Iterable[str]) -> list[int]:
    """Return the numbers of the keypoints among these names."""
    return [INDEX[name] for name in names if name in INDEX]


@lru_cache(maxsize=64)
def _strip(said: Caption, width: int, height: int, *, letter_px: float) -> Picture:
    """The caption as a picture: counter, sign, headline above detail."""
    strip = np.full((height, width, 3), drawing.INK, np.uint8)
    inset = round(0.8 * letter_px)
    left = inset
    if said.counter:
        room = round((0.55 * len(said.counter) + 0.6) * letter_px)
        counter = drawing.text_picture(said.counter, size_px=1.1 * letter_px, width_px=room)
        drawing.paste(strip, counter, left=left, top=(height - len(counter)) // 2)
        left += room + round(0.4 * letter_px)
    if said.verdict is not None:
        sign, colour = SIGNS[said.verdict]
        radius = 1.1 * letter_px
        at = (left + radius, height / 2)
        drawing.draw_sign(strip, sign, at=at, radius_px=radius, colour=colour)
        left += round(2 * radius + 0.6 * letter_px)
    room = max(1, width - left - inset)
    rows = [drawing.text_picture(said.headline, size_px=letter_px, width_px=room)]
    if said.detail:
        size_px = 0.88 * letter_px
        rows.append(drawing.text_picture(said.detail, size_px=size_px, width_px=room, lines=2))
    text = np.vstack(rows)
    drawing.paste(strip, text, left=left, top=max(0, (height - len(text)) // 2))
    strip.setflags(write=False)
    return strip
