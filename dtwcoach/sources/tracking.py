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
        return self.image[_TRUNK, :2].mean(axis=0)  # type: ignore[no-any-return]

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
    doubt_s: float = -math.inf
    """When somebody close to this person was last out of sight: from then on it may be either."""
    ended: bool = False
    extents: tuple[float, float] = field(init=False)

    def __post_init__(self) -> None:
        self.extents = (self.last.extent, self.last.extent)

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
        open_tracks = [track for track in self.tracks if time_s - track.last_s <= FORGET_S]
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
        self._doubt([track for track in open_tracks if track.number not in numbered], numbered)
        for p, person in enumerate(people):
            if p not in taken:
                self._part(numbered, time_s)
                numbered[self._start(person, time_s)] = person
        return numbered

    def _start(self, person: Person, time_s: float) -> int:
        self.tracks.append(Track(len(self.tracks), time_s, time_s, person))
        return len(self.tracks) - 1

    def _doubt(self, gone: Sequence[Track], numbered: dict[int, Person]) -> None:
        """Remember whose tracker may have slipped to somebody who vanished beside them."""
        for lost in gone:
            if lost.last_s - lost.first_s >= LASTING_S:
                for number, person in numbered.items():
                    if distance(lost.last, person) < NEAR:
                        self.tracks[number].doubt_s = self.tracks[number].last_s

    def _part(self, numbered: dict[int, Person], time_s: float) -> None:
        """Two come apart again: who had been followed in doubt gets a new number as well."""
        for number, person in list(numbered.items()):
            track = self.tracks[number]
            if time_s - track.doubt_s <= DOUBT_S:
                track.ended, track.last_s = True, math.nextafter(time_s, -math.inf)
                numbered[self._start(numbered.pop(number), time_s)] = person

    def athlete_now(self, numbered: dict[int, Person]) -> Person | None:
        """Return the athlete among the people of this moment (for live use).

        Somebody else takes over only with twice the score, or when the athlete has been gone for
        a second.
        """
        rivals = [self.tracks[number] for number in numbered]
        best = max(rivals, key=lambda track: track.score, default=None)
        mine = self._athlete
        if best is not None and (
            mine is None or best.score > 2 * mine.score or best.last_s - mine.last_s > FORGET_S
        ):
            self._athlete = mine = best
        return numbered.get(mine.number) if mine is not None else None

    def athlete_tracks(self) -> set[int]:
        """Return the numbers of the tracks that are the athlete, for a recording seen whole.

        The highest score, and whoever of about the same size was there only while the athlete
        was not: the athlete coming back.
        """
        ranked = sorted(self.tracks, key=lambda track: -track.score)
        chosen: list[Track] = []
        for track in ranked:
            if all(track.could_be(other) for other in chosen):
                chosen.append(track)
        return {track.number for track in chosen}

    def crossings(
        self, time_s: Sequence[float], people: Sequence[dict[int, Person]]
    ) -> NDArray[np.bool_]:
        """Return (time,) where the athlete cannot be told from somebody who crosses them.

        That is while only one is found, shortly after or before somebody else was seen close by:
        the tracker may then hold either of the two.
        """
        athlete = self.athlete_tracks()
        others = {
            track.number
            for track in self.tracks
            if track.number not in athlete and track.last_s - track.first_s >= LASTING_S
        }
        seen = [at for at, found in enumerate(people) if others & found.keys()]
        doubtful = np.zeros(len(time_s), dtype=bool)
        for at, following in zip([-1, *seen], [*seen, len(time_s)], strict=True):
            for side in (at, following):
                if 0 <= side < len(time_s) and _is_close(people[side], athlete, others):
                    alone = range(at + 1, following)
                    for frame in alone:
                        doubtful[frame] |= abs(time_s[frame] - time_s[side]) <= DOUBT_S
        return doubtful


def _is_close(found: dict[int, Person], athlete: set[int], others: set[int]) -> bool:
    """Whether somebody else is close to the athlete, or where the athlete should be."""
    mine = [found[number] for number in athlete & found.keys()]
    rest = [found[number] for number in others & found.keys()]
    return not mine or any(distance(a, b) < NEAR for a in mine for b in rest)
