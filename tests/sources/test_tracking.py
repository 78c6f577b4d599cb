"""Who is who, on made-up people."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from dtwcoach.pose import KEYPOINTS
from dtwcoach.sources.tracking import Linker, Person, distance, without_doubles

SHAPE = np.random.default_rng(7).uniform(-1, 1, (len(KEYPOINTS), 3)).astype(np.float32)
ONES = np.ones(len(KEYPOINTS), np.float32)


def person(x: float, *, size: float = 100.0, wave: float = 0.0) -> Person:
    """A cloud of points around (x, 200); `wave` moves the wrists, knees and ankles up."""
    points = SHAPE * size / 2 + np.array([x, 200, 0], np.float32)
    points[[15, 16, 25, 26, 27, 28], 1] -= wave
    return Person(points, points, ONES, ONES)


def test_distance_is_in_lengths_of_the_smaller() -> None:
    small, large = person(0, size=50), person(300, size=200)
    assert np.isclose(distance(small, large), distance(large, small))
    assert np.isclose(distance(small, person(small.extent, size=50)), 1.0)


def test_doubles_are_dropped() -> None:
    first, double, other = person(100), person(105), person(400)
    assert without_doubles([first, double, other]) == [first, other]


def test_numbers_follow_people_in_any_order() -> None:
    linker = Linker(picture_px=800)
    seen = []
    for frame in range(20):
        people = [person(100 + 3 * frame), person(500 - 3 * frame)]
        numbered = linker.update(people[:: -1 if frame % 2 else 1], frame / 10)
        seen.append(sorted((number, float(found.middle[0])) for number, found in numbered.items()))
    for before, after in pairwise(seen):
        assert [number for number, _ in after] == [0, 1]
        assert all(abs(a - b) < 4 for (_, a), (_, b) in zip(before, after, strict=True))


def test_a_jump_is_somebody_else() -> None:
    linker = Linker(picture_px=800)
    assert set(linker.update([person(100)], 0.0)) == {0}
    assert set(linker.update([person(400)], 0.1)) == {1}
    assert set(linker.update([person(102)], 0.2)) == {0}


def test_a_change_of_size_is_somebody_else() -> None:
    linker = Linker(picture_px=800)
    linker.update([person(100)], 0.0)
    assert set(linker.update([person(100, size=300)], 0.1)) == {1}


def test_forgotten_after_a_second() -> None:
    linker = Linker(picture_px=800)
    linker.update([person(100)], 0.0)
    assert set(linker.update([person(100)], 0.9)) == {0}
    assert set(linker.update([person(100)], 2.5)) == {1}


def recorded(linker: Linker, *, frames: range, mover: float, still: float) -> None:
    for frame in frames:
        wave = 30 * (frame % 10 < 5)
        linker.update([person(still), person(mover, wave=wave)], frame / 10)


def test_athlete_is_the_one_who_moves() -> None:
    linker = Linker(picture_px=800)
    recorded(linker, frames=range(30), mover=500, still=100)
    assert linker.athlete_tracks() == {1}


def test_athlete_is_the_larger_of_two_who_move_alike() -> None:
    linker = Linker(picture_px=800)
    for frame in range(30):
        wave = 0.3 * (frame % 10 < 5)
        linker.update(
            [
                person(100, size=60, wave=60 * wave),
                person(500, size=120, wave=120 * wave),
            ],
            frame / 10,
        )
    assert linker.athlete_tracks() == {1}


def test_athlete_who_comes_back_is_the_athlete() -> None:
    linker = Linker(picture_px=800)
    recorded(linker, frames=range(30), mover=500, still=100)
    for frame in range(30, 60):
        linker.update([person(100)], frame / 10)
    recorded(linker, frames=range(60, 90), mover=400, still=100)
    assert linker.athlete_tracks() == {1, 2}


def test_nobody() -> None:
    linker = Linker(picture_px=800)
    assert linker.update([], 0.0) == {}
    assert linker.athlete_tracks() == set()
    assert linker.athlete_now({}) is None


def test_live_athlete_is_kept_until_gone() -> None:
    linker = Linker(picture_px=800)
    for frame in range(20):
        athlete = linker.athlete_now(
            linker.update([person(500, wave=30 * (frame % 10 < 5))], frame / 10)
        )
        assert athlete is not None
    passing = linker.update([person(100)], 2.0)
    assert linker.athlete_now(passing) is None
    for frame in range(21, 40):
        now = linker.athlete_now(linker.update([person(100)], frame / 10))
    assert now is not None
    assert abs(float(now.middle[0]) - 100) < 50


def test_somebody_much_larger_later_is_not_the_athlete() -> None:
    linker = Linker(picture_px=800)
    recorded(linker, frames=range(30), mover=500, still=100)
    for frame in range(60, 65):
        linker.update([person(300, size=400)], frame / 10)
    assert linker.athlete_tracks() == {1}


def test_athlete_back_in_a_posture_seen_before() -> None:
    linker = Linker(picture_px=800)
    for frame in range(30):  # lies down: half the size in the picture
        linker.update([person(500, size=200 - 3.5 * frame, wave=20 * (frame % 2))], frame / 10)
    for frame in range(60, 70):
        linker.update([person(500, size=200)], frame / 10)
    assert linker.athlete_tracks() == {0, 1}


def test_tracker_that_slipped_to_somebody_crossing() -> None:
    linker = Linker(picture_px=800)
    time_s, people = [], []
    for frame in range(80):
        athlete = person(400, wave=25 * (frame % 10 < 5))
        walker = person(100 + 10 * frame)
        # Only the walker is found while the two are close, then both again.
        found = [walker] if 26 <= frame < 36 else [athlete]
        if 10 <= frame < 26 or 36 <= frame < 60:
            found = [athlete, walker]
        time_s.append(frame / 10)
        people.append(linker.update(found, frame / 10))
    chosen = linker.athlete_tracks()
    for frame, seen in enumerate(people):
        mine = [
            who
            for number, who in seen.items()
            if number in chosen and not linker.is_doubtful(number, time_s[frame])
        ]
        assert len(mine) == (0 if 26 <= frame < 36 else 1)
        assert all(abs(float(who.middle[0]) - 400) < 60 for who in mine)
