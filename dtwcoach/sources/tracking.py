"""Who is who from frame to frame, and which of them is the athlete."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from dtwcoach.pose import INDEX, MAJOR_JOINTS

Points = NDArray[np.float32]

REACH = 0.35
"""How far a person's middle may move between two frames, in lengths of their own extent."""
FORGET_S = 1.0
"""A person not seen for this long gets a new number when seen again."""
SAME_SIZE = 1.6
"""A returning person may look this many times larger or smaller than before."""
STILL = 0.05
"""What somebody who does not move counts, beside a body length of joint movement per second."""
TOP_SPEED = 1.5
"""Joint movement that counts, in body lengths per second; faster is the tracker's own unrest."""

PASSING = 4.0
"""How much walking through the picture, in body lengths per second, takes away from a score."""
NEAR = 0.6
"""Two people nearer than this, in lengths of their extent, may be taken for each other."""
DOUBT_S = 2.0
"""So long after (or before) two were close, the one who is found may be either of them."""
LASTING_S = 0.3
"""Who is seen for less is no person but a slip of the pose model."""

_MAJOR = np.array([INDEX[name] for name in MAJOR_JOINTS])
_TRUNK = np.array(
    [INDEX[name] for name in ("left_shoulder", "right_shoulder", "left_hip", "right_hip")]
)


@dataclass(frozen=True, eq=False)
class Person:
    """One person in one picture; the arrays as in `PoseSequence` without the time axis."""

    image: Points
    world: Points
    confidence: Points
    presence: Points

    @property
    def middle(self) -> Points:
        """(2,) pixels: the middle of shoulders and hips."""
        return np.asarray(self.image[_TRUNK, :2].mean(axis=0))

    @property
    def extent(self) -> float:
        """Diagonal of the box around the major joints, in pixels (at least 1)."""
        joints = self.image[_MAJOR, :2]
        return max(1.0, float(np.hypot(*np.ptp(joints, axis=0))))


def distance(a: Person, b: Person) -> float:
    """Distance between two people's middles, in lengths of the smaller one's extent."""
    return float(np.hypot(*(a.middle - b.middle))) / min(a.extent, b.extent)


def without_doubles(people: Sequence[Person]) -> list[Person]:
    """Drop people who stand where somebody before them in the list stands."""
    kept: list[Person] = []
    for person in people:
        if all(distance(person, other) > REACH / 2 for other in kept):
            kept.append(person)
    return kept


@dataclass
class Track:
    """One person over time, and how much of an athlete they are so far."""

    number: int
    first_s: float
    last_s: float
    last: Person
    score: float = 0.0
    doubtful: bool = False
    """Began when one of two who were close vanished: it may be either of them."""
    parted: bool = False
    """Ended when somebody else appeared; in a doubtful track, the other of the two."""
    ended: bool = False
    extents: tuple[float, float] = field(init=False)
    start: Points = field(init=False)

    def __post_init__(self) -> None:
        self.extents = (self.last.extent, self.last.extent)
        self.start = self.last.middle

    @property
    def merit(self) -> float:
        """How much of an athlete: the score, and less for those who are only passing."""
        seconds = max(self.last_s - self.first_s, FORGET_S)
        travelled = float(np.hypot(*(self.last.middle - self.start))) / self.last.extent
        return self.score / (1.0 + PASSING * travelled / seconds)

    def could_be(self, other: Track) -> bool:
        """Whether the two were never there together and, at some time, of about one size."""
        apart = self.last_s < other.first_s or other.last_s < self.first_s
        (low, high), (other_low, other_high) = self.extents, other.extents
        return apart and low <= SAME_SIZE * other_high and other_low <= SAME_SIZE * high

    def extend(self, person: Person, time_s: float, picture_px: float) -> None:
        """Add the next sighting; size in the picture times movement goes to the score."""
        step_s = time_s - self.last_s
        moved = (person.image[_MAJOR, :2] - person.middle) - (
            self.last.image[_MAJOR, :2] - self.last.middle
        )
        body = max(person.extent, self.last.extent)
        speed = float(np.hypot(moved[:, 0], moved[:, 1]).mean()) / body / step_s
        share = min(1.0, person.extent / picture_px) ** 2
        self.score += min(step_s, FORGET_S) * share * (STILL + min(speed, TOP_SPEED))
        self.last, self.last_s = person, time_s
        self.extents = (
            min(self.extents[0], person.extent),
            max(self.extents[1], person.extent),
        )


class Linker:
    """Gives people found in successive pictures lasting numbers.

    Parameters
    ----------
    picture_px : float
        Diagonal of the picture in pixels.
    """

    def __init__(self, *, picture_px: float) -> None:
        self.picture_px = picture_px
        self.tracks: list[Track] = []
        self._athlete: Track | None = None

    def update(self, people: Sequence[Person], time_s: float) -> dict[int, Person]:
        """Return the people by number, known ones first by who is nearest to whom."""
        open_tracks = [
            track for track in self.tracks if not track.ended and time_s - track.last_s <= FORGET_S
        ]
        pairs = sorted(
            (gap, t, p)
            for t, track in enumerate(open_tracks)
            for p, person in enumerate(people)
            if (gap := distance(track.last, person)) <= REACH
            and 1 / SAME_SIZE <= person.extent / track.last.extent <= SAME_SIZE
        )
        numbered: dict[int, Person] = {}
        taken: set[int] = set()
        for _, t, p in pairs:
            track = open_tracks[t]
            if track.number not in numbered and p not in taken:
                track.extend(people[p], time_s, self.picture_px)
                numbered[track.number] = people[p]
                taken.add(p)
        strangers = [person for p, person in enumerate(people) if p not in taken]
        self._merge([track for track in open_tracks if track.number not in numbered], numbered)
        if strangers:
            self._part(open_tracks, numbered)
        for person in strangers:
            numbered[self._start(person, time_s)] = person
        return numbered

    def _start(self, person: Person, time_s: float, *, doubtful: bool = False) -> int:
        self.tracks.append(Track(len(self.tracks), time_s, time_s, person, doubtful=doubtful))
        return len(self.tracks) - 1

    def _restart(self, track: Track, numbered: dict[int, Person], *, doubtful: bool) -> None:
        """End a track just before its last sighting, which begins a new one."""
        time_s, track.last_s = track.last_s, math.nextafter(track.last_s, -math.inf)
        track.ended = True
        person = numbered.pop(track.number)
        numbered[self._start(person, time_s, doubtful=doubtful)] = person

    def _merge(self, missing: Sequence[Track], numbered: dict[int, Person]) -> None:
        """One of two who were close is gone: from here on the other may be either of them."""
        for gone in missing:
            for number, person in list(numbered.items()):
                lasting = gone.last_s - gone.first_s >= LASTING_S
                if lasting and distance(gone.last, person) < NEAR and not gone.ended:
                    gone.ended = True
                    self._restart(self.tracks[number], numbered, doubtful=True)

    def _part(self, tracks: Sequence[Track], numbered: dict[int, Person]) -> None:
        """Two come apart again: who was followed in doubt gets a new number as well."""
        for track in tracks:
            if track.doubtful and not track.ended:
                track.parted = track.ended = True
                if track.number in numbered:
                    self._restart(track, numbered, doubtful=False)

    def athlete_now(self, numbered: dict[int, Person]) -> Person | None:
        """Return the athlete among the people of this moment (for live use).

        Somebody else takes over only with twice the merit, or when the athlete has been gone for
        a second.
        """
        rivals = [self.tracks[number] for number in numbered]
        best = max(rivals, key=lambda track: track.merit, default=None)
        mine = self._athlete
        if best is not None and (
            mine is None or best.merit > 2 * mine.merit or best.last_s - mine.last_s > FORGET_S
        ):
            self._athlete = mine = best
        return numbered.get(mine.number) if mine is not None else None

    def athlete_tracks(self) -> set[int]:
        """Return the numbers of the tracks that are the athlete, for a recording seen whole.

        The highest merit, and whoever of about the same size was there only while the athlete
        was not: the athlete coming back.
        """
        ranked = sorted(self.tracks, key=lambda track: -track.merit)
        chosen: list[Track] = []
        for track in ranked:
            if all(track.could_be(other) for other in chosen):
                chosen.append(track)
        return {track.number for track in chosen}

    def is_doubtful(self, number: int, time_s: float) -> bool:
        """Whether the person of this number may, at this time, be somebody who crosses them.

        That is for a while after two who were close became one, and before they parted again.
        """
        track = self.tracks[number]
        since, until = time_s - track.first_s, track.last_s - time_s
        return track.doubtful and (since <= DOUBT_S or (track.parted and until <= DOUBT_S))
