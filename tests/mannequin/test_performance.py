"""Repetitions, faults and distractions are where the truth says."""

from __future__ import annotations

import numpy as np
import pytest

from dtwcoach.errors import UsageError
from dtwcoach.mannequin.angles import MEASURES, measure
from dtwcoach.mannequin.exercises import EXERCISES
from dtwcoach.mannequin.faults import FAULTS, find_fault
from dtwcoach.mannequin.more import KNOWN, MORE
from dtwcoach.mannequin.motion import perform
from dtwcoach.mannequin.performance import Action, Performance, RepTiming
from dtwcoach.mannequin.person import Person
from dtwcoach.mannequin.recording import Truth, simulate

STATUE = {"fidget": 0.0, "variation_deg": 0.0}
EVERY_FAULT = [
    (exercise, fault.name)
    for exercise, faults in FAULTS.items()
    for fault in faults.values()
    if fault.kind != "tempo"
]


def one_rep(exercise: str, person: Person, *faults: tuple[str, float]) -> Truth:
    how = Performance(reps=1, fidget=0.0, variation_deg=0.0, faults={0: tuple(faults)})
    return simulate(person, exercise, how)


def test_every_exercise_has_faults() -> None:
    assert set(FAULTS) == set(KNOWN)
    for exercise, faults in FAULTS.items():
        assert len(faults) >= 3
        assert ("too_fast" in faults) != KNOWN[exercise].is_hold
        assert all(fault.joint in fault.joints for fault in faults.values())


@pytest.mark.parametrize(("exercise", "name"), EVERY_FAULT)
def test_fault_changes_its_angle_by_its_size(exercise: str, name: str) -> None:
    fault = find_fault(exercise, name)
    for seed in (2, 6):
        person = Person.from_seed(seed)
        right = measure(one_rep(exercise, person).points_m, fault.measure)
        wrong = measure(one_rep(exercise, person, (name, fault.typical)).points_m, fault.measure)
        assert np.abs(wrong - right).max() == pytest.approx(fault.typical, rel=0.2)


@pytest.mark.parametrize("exercise", EXERCISES)
def test_boundaries_lie_at_five_percent(exercise: str) -> None:
    known = EXERCISES[exercise]
    how = Performance(reps=3, **STATUE)
    motion = perform(Person.average(), known, how, fps=60.0)
    drive = np.mean([motion.channels[name] for name in known.driver], axis=0)
    away = np.abs(drive - drive[0]) / np.abs(drive - drive[0]).max()
    assert len(motion.reps) == 3
    for rep in motion.reps:
        assert away[rep.start - 1] < 0.05 <= away[rep.start]
        assert away[rep.stop - 1] >= 0.05 > away[rep.stop]
        assert away[rep.turn] == pytest.approx(1.0, abs=1e-3)
        assert rep.start < rep.turn < rep.stop


def test_truth_does_not_depend_on_the_frame_rate() -> None:
    times = []
    for fps in (15.0, 29.97, 240.0):
        motion = perform(Person.from_seed(1), EXERCISES["squat"], Performance(reps=2), fps=fps)
        times.append([(motion.time_s[r.start], motion.time_s[r.turn]) for r in motion.reps])
    np.testing.assert_allclose(times[0], times[2], atol=0.08)
    np.testing.assert_allclose(times[1], times[2], atol=0.04)


def test_same_seed_same_performance() -> None:
    how = Performance(reps=2, seed=5)
    first, again = (simulate(Person.from_seed(1), "lunge", how) for _ in range(2))
    np.testing.assert_array_equal(first.points_m, again.points_m)
    other = simulate(Person.from_seed(1), "lunge", Performance(reps=2, seed=6))
    assert other.points_m.shape != first.points_m.shape or (other.points_m != first.points_m).any()


def test_only_the_chosen_repetition_is_faulty() -> None:
    faults = {1: (("shallow", 25.0),)}
    how = Performance(reps=3, faults=faults, **STATUE)
    truth = simulate(Person.from_seed(3), "squat", how)
    depth = [measure(truth.points_m, "left_knee")[rep.turn] for rep in truth.reps]
    assert depth[1] - depth[0] == pytest.approx(25, abs=1)
    assert depth[2] == pytest.approx(depth[0], abs=1)
    assert [rep.right for rep in truth.reps] == [True, False, True]
    assert truth.reps[1].faults == faults[1]


def test_too_fast_shortens_only_the_way_out() -> None:
    slow = one_rep("squat", Person.average()).reps[0]
    fast = one_rep("squat", Person.average(), ("too_fast", 2.0)).reps[0]
    assert (fast.turn - fast.start) / (slow.turn - slow.start) == pytest.approx(0.55, abs=0.06)
    assert fast.stop - fast.turn == pytest.approx(slow.stop - slow.turn, abs=2)


def test_lagging_arm_gets_there_too() -> None:
    truth = one_rep("lateral_raise", Person.average(), ("one_arm_lags", 20.0))
    left, right = (measure(truth.points_m, f"{side}_shoulder") for side in ("left", "right"))
    assert np.argmax(right) > np.argmax(left)
    assert right.max() == pytest.approx(left.max(), abs=0.1)


def test_timeline_by_hand() -> None:
    actions = (
        Action("idle", 0.5),
        Action("half_rep"),
        Action("pause", 0.5),
        Action("rep", hold_s=1.0),
        Action("idle", 0.5),
    )
    person = Person.average()
    truth = simulate(person, "squat", Performance(timeline=actions, **STATUE))
    assert len(truth.reps) == 1
    knee = measure(truth.points_m, "left_knee")
    assert knee[: truth.reps[0].start].min() < 150  # it moved, and does not count
    plain = one_rep("squat", person).reps[0]
    longer = (truth.reps[0].stop - truth.reps[0].start) - (plain.stop - plain.start)
    assert longer == pytest.approx(30, abs=4)  # 1 s at 30 frames per second; the way is reshaped


def test_half_repetitions_are_known_and_do_not_count() -> None:
    actions = (Action("half_rep", depth=0.4), Action("idle", 0.5), Action("rep"))
    truth = simulate(Person.average(), "squat", Performance(timeline=actions, **STATUE))
    (half,), (whole,) = truth.half_reps, truth.reps
    knee = measure(truth.points_m, "left_knee")
    assert knee[half.turn] == pytest.approx(174 - 0.4 * 102, abs=1)
    assert half.start < half.turn < half.stop <= whole.start


def test_the_exercises_with_references_stay_the_same_ten() -> None:
    """Whatever deals exercises in turn depends on their order."""
    assert list(EXERCISES) == [
        "squat", "lunge", "push_up", "biceps_curl", "shoulder_press", "lateral_raise",
        "jumping_jack", "good_morning", "glute_bridge", "seated_knee_extension",
    ]  # fmt: skip
    assert set(KNOWN) - set(EXERCISES) == set(MORE) == {"plank", "wall_sit", "high_knees"}


@pytest.mark.parametrize("exercise", ["plank", "wall_sit"])
@pytest.mark.parametrize("tempo", [0.7, 1.5])
def test_a_hold_lasts_as_long_as_it_is_asked_to(exercise: str, tempo: float) -> None:
    how = Performance(reps=2, hold_s=6.0, tempo=tempo, **STATUE)
    motion = perform(Person.from_seed(3), KNOWN[exercise], how, fps=30.0)
    knee = motion.channels["left_knee_flexion"]
    assert len(motion.reps) == 2
    for hold in motion.reps:
        # The last and the first twentieth of the way are in position, too.
        assert (hold.stop - hold.start) / 30 == pytest.approx(6.0 + 0.5 / tempo, abs=0.1)
        way = (knee - knee[0]) / (knee[hold.turn] - knee[0])
        assert way[hold.start - 1] < 0.95 <= way[hold.start]
        assert way[hold.stop - 1] >= 0.95 > way[hold.stop]


@pytest.mark.parametrize("exercise", ["plank", "wall_sit"])
def test_who_holds_a_position_trembles_a_little(exercise: str) -> None:
    truth = simulate(Person.from_seed(3), exercise, Performance(reps=1, hold_s=8.0))
    (hold,) = truth.reps
    hip = measure(truth.points_m, "left_hip")[hold.start + 15 : hold.stop - 15]
    assert 0.1 < hip.std() < 3


@pytest.mark.parametrize("first", ["left", "right"])
def test_sides_take_turns(first: str) -> None:
    other = {"left": "right", "right": "left"}[first]
    actions = (Action("rep"), Action("half_rep"), Action("rep"), Action("rep"))
    faults = (("low_knee", 20.0),)
    actions = (*actions, Action("idle", 0.5), Action("rep", faults=faults))
    how = Performance(timeline=actions, side=first, **STATUE)
    truth = simulate(Person.from_seed(4), "high_knees", how)
    assert [rep.side for rep in truth.reps] == [first, other, first, other]
    assert [half.side for half in truth.half_reps] == [other]
    hips = {side: measure(truth.points_m, f"{side}_hip") for side in ("left", "right")}
    for rep in truth.reps:
        still = {"left": "right", "right": "left"}[rep.side]
        assert hips[rep.side][rep.turn] < 130 < 160 < hips[still][rep.turn]
    bend = [hips[other][rep.turn] for rep in truth.reps if rep.side == other]
    assert bend[1] - bend[0] == pytest.approx(20, abs=4)


def test_range_and_tempo() -> None:
    half = simulate(Person.average(), "squat", Performance(reps=1, rom=0.5, **STATUE))
    full = simulate(Person.average(), "squat", Performance(reps=1, **STATUE))
    bend = [180 - measure(t.points_m, "left_knee")[t.reps[0].turn] for t in (half, full)]
    assert bend[0] == pytest.approx((6 + 108) / 2, abs=0.5)
    assert bend[1] == pytest.approx(108, abs=0.5)
    quick = simulate(Person.average(), "squat", Performance(reps=1, tempo=2.0, **STATUE))
    lengths = [t.reps[0].stop - t.reps[0].start for t in (full, quick)]
    assert lengths[0] / lengths[1] == pytest.approx(2, abs=0.1)


def test_way_starts_and_ends_at_rest() -> None:
    timing = RepTiming(1.0, 0.2, 1.2, hold_s=0.5)
    way = timing.way(np.linspace(-1, timing.seconds + 1, 400))
    assert way[0] == way[-1] == 0
    assert way.max() == pytest.approx(1.0)
    assert timing.way(np.array([0.6, 0.9])) == pytest.approx([0.5, 0.5])


def test_measures_are_finite_for_every_exercise() -> None:
    for exercise in KNOWN:
        truth = one_rep(exercise, Person.from_seed(1))
        for name in MEASURES:
            assert np.isfinite(measure(truth.points_m, name)).all(), (exercise, name)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: Performance(tempo=0), "tempo"),
        (lambda: Performance(rom=float("nan")), "rom"),
        (lambda: Performance(reps=2, faults={2: (("shallow", 20.0),)}), "repetition 2"),
        (lambda: Performance(side="up"), "side"),
        (lambda: Action("dance"), "Unknown action"),
        (lambda: find_fault("squat", "lazy"), "has no fault"),
        (lambda: find_fault("yoga", "lazy"), "Unknown exercise"),
        (lambda: simulate(Person.average(), "yoga"), "does not know"),
        (
            lambda: simulate(Person.average(), "push_up", Performance(walk_in=True)),
            "not done standing",
        ),
    ],
)
def test_mistakes_are_named(make: object, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        make()  # type: ignore[operator]
