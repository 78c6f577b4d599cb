from __future__ import annotations

import numpy as np
import pytest
from athletes import filmed
from feeding import person_at

from dtwcoach.record.recorder import Look, Plan, Recorder, RecorderState, Stage

POSE = filmed("squat", 101, reps=1)
FPS = 10.0


def recorder(plan: Plan | None = None, *, countdown_s: float = 1.0) -> Recorder:
    return Recorder(
        frame_size=POSE.frame_size, model=POSE.model, plan=plan, countdown_s=countdown_s
    )


def follow(one: Recorder, seconds: float, wishes: dict[float, str] | None = None) -> list[str]:
    """The stage at each tenth of a second from 100 s on, with wishes at seconds from there."""
    return [state.stage for state in states(one, seconds, wishes)]


def states(
    one: Recorder, seconds: float, wishes: dict[float, str] | None = None
) -> list[RecorderState]:
    asked = {round(at * FPS): wish for at, wish in (wishes or {}).items()}
    return [
        one.update(
            Look(person_at(POSE, frame % len(POSE)), people=1), 100 + frame / FPS,
            wish=asked.get(frame, ""),
        )
        for frame in range(round(seconds * FPS))
    ]  # fmt: skip


def labels(one: Recorder) -> list[str]:
    return [take.label for take in one.takes]


def test_keys_begin_and_end_takes() -> None:
    one = recorder()
    stages = follow(one, 7.0, {1: "right", 4: "stop", 4.5: "wrong", 6.5: "stop"})
    assert stages[5] == "waiting"
    assert stages[10] == stages[19] == "countdown"
    assert stages[20] == stages[39] == "recording"
    assert stages[40] == "waiting"
    assert labels(one) == ["right", "wrong"]
    assert len(one.takes[0].pose) == 20
    assert one.takes[0].pose.time_s[[0, -1]] == pytest.approx([0.0, 1.9])
    assert one.takes[0].pose.model == POSE.model
    np.testing.assert_allclose(one.takes[0].pose.image[0], POSE.image[20], rtol=1e-5)


def test_keys_that_make_no_sense_change_nothing() -> None:
    one = recorder()
    follow(one, 5.0, {0: "stop", 0.2: "undo", 1: "right", 2.5: "wrong", 3: "right", 4: "stop"})
    assert labels(one) == ["right"]
    assert len(one.takes[0].pose) == 20


def test_undoing() -> None:
    one = recorder()
    wishes = {0: "right", 2: "stop", 3: "wrong", 5: "stop", 5.5: "undo", 5.6: "right"}
    follow(one, 6.0, wishes)
    assert labels(one) == ["right"]
    one = recorder()
    follow(one, 6.0, {0: "right", 2: "undo", 3: "right", 3.5: "undo"})
    assert labels(one) == []
    assert one.dropped == ["take 1 (right) after 1.0 s: it was undone"]


def test_quitting_in_the_middle_drops_that_take() -> None:
    one = recorder()
    stages = follow(one, 6.0, {0: "right", 3: "stop", 3.2: "wrong", 5.5: "end"})
    assert stages[-1] == "over"
    assert labels(one) == ["right"]
    assert one.dropped == ["take 2 (wrong) after 1.3 s: the session was ended"]


@pytest.mark.parametrize(("whole", "kept"), [(True, ["right"]), (False, [])])
def test_what_runs_at_the_end(whole: bool, kept: list[str]) -> None:
    one = recorder()
    follow(one, 3.0, {0: "right"})
    one.close("the camera gives no more pictures", whole=whole)
    assert labels(one) == kept
    if not whole:
        assert one.dropped == [
            "take 1 (right) after 1.9 s: the camera gives no more pictures"
        ]  # fmt: skip


def test_a_slip_of_the_finger_is_no_take() -> None:
    one = recorder(countdown_s=0.0)
    follow(one, 1.0, {0: "right", 0.2: "stop"})
    assert labels(one) == []
    assert one.dropped == ["take 1 (right) after 0.2 s: it was too short"]


def test_a_plan_runs_by_itself() -> None:
    one = recorder(Plan(3, 2.0, break_s=1.0, label="wrong"))
    seen = states(one, 9.5)
    stages = [state.stage for state in seen]
    assert stages[:10] == ["countdown"] * 10
    assert stages[10:30] == ["recording"] * 20
    assert stages[30:40] == ["countdown"] * 10
    assert stages[-1] == "over"
    assert labels(one) == ["wrong"] * 3
    assert [len(take.pose) for take in one.takes] == [20, 20, 20]
    assert (seen[35].number, seen[35].planned, seen[35].wrong) == (2, 3, 1)
    assert seen[35].seconds == pytest.approx(0.5)
    assert seen[45].seconds == pytest.approx(0.5)
    assert seen[35].said == "Take 1 kept"
    assert seen[65].said == "Take 2 kept"


def test_a_plan_without_breaks() -> None:
    one = recorder(Plan(2, 1.0, break_s=0.0))
    stages = follow(one, 3.0)
    assert stages[0] == "recording"
    assert [len(take.pose) for take in one.takes] == [10, 10]


def test_a_plan_obeys_stop_and_undo_and_makes_up_for_it() -> None:
    one = recorder(Plan(2, 2.0, break_s=1.0))
    stages = follow(one, 12.0, {2: "stop", 2.5: "undo", 3.5: "undo", 4: "right", 5.0: "wrong"})
    # The first is stopped and taken back, the second taken back while it runs; then two whole ones.
    assert stages[-1] == "over"
    assert [len(take.pose) for take in one.takes] == [20, 20]
    assert labels(one) == ["right", "right"]
    assert one.dropped == ["take 1 (right) after 0.5 s: it was undone"]


def test_who_is_not_seen_is_missing() -> None:
    one = recorder(Plan(1, 1.0, break_s=0.0))
    for frame in range(12):
        person = None if frame == 4 else person_at(POSE, frame)
        state = one.update(Look(person, int(person is not None)), frame / FPS)
        assert np.isnan(state.points).all() == (frame == 4)
    (take,) = one.takes
    assert np.isnan(take.pose.image[4]).all()
    assert take.pose.people[4] == 0
    assert np.isfinite(take.pose.image[5]).all()
    assert one.update(Look(None, 0), 2.0).stage is Stage.OVER


def test_hands_and_face_come_with_their_take() -> None:
    one = recorder(Plan(1, 1.0, break_s=0.5))
    rng = np.random.default_rng(1)
    hands, face = rng.uniform(size=(20, 2, 21, 3)), rng.uniform(size=(20, 9))
    for frame in range(20):
        look = Look(person_at(POSE, frame), 1, hands[frame], face[frame])
        state = one.update(look, frame / FPS)
        np.testing.assert_array_equal(state.hands, hands[frame, ..., :2])
    (take,) = one.takes
    assert take.pose.hands is not None
    assert take.pose.face is not None
    np.testing.assert_array_equal(take.pose.hands, hands[5:15])
    np.testing.assert_array_equal(take.pose.face, face[5:15])


def test_without_hands_there_are_none() -> None:
    one = recorder(Plan(1, 1.0, break_s=0.0))
    seen = states(one, 1.5)
    assert one.takes[0].pose.hands is None
    assert one.takes[0].pose.face is None
    assert np.isnan(seen[0].hands).all()


def test_of_a_very_long_take_the_newest_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dtwcoach.record.recorder.MOST_FRAMES", 25)
    one = recorder(Plan(1, 3.0, break_s=0.0))
    hands = np.arange(30.0)[:, None, None, None] * np.ones((2, 21, 3))
    for frame in range(31):
        one.update(Look(person_at(POSE, frame), 1, hands[min(frame, 29)]), frame / FPS)
    (take,) = one.takes
    assert take.pose.hands is not None
    assert take.pose.time_s[[0, -1]] == pytest.approx([0.5, 2.9])
    assert take.pose.hands[[0, -1], 0, 0, 0].tolist() == [5.0, 29.0]
    assert take.pose.notes == ("the first 5 pictures of a long take were let go",)
