import numpy as np
import pytest
from athletes import filmed
from feeding import person_at

from dtwcoach.live.buffer import PoseBuffer
from dtwcoach.pose import PoseSequence


@pytest.fixture(scope="module")
def pose() -> PoseSequence:
    return filmed("squat", 7, reps=2, walk_in=True)


def filled(pose: PoseSequence, *, most_frames: int = 36_000) -> PoseBuffer:
    buffer = PoseBuffer(frame_size=pose.frame_size, model=pose.model, most_frames=most_frames)
    for frame, time_s in enumerate(pose.time_s):
        buffer.append(person_at(pose, frame), float(time_s), people=int(pose.people[frame]))
    return buffer


def test_what_comes_out_is_what_went_in(pose: PoseSequence) -> None:
    back = filled(pose).pose()
    assert np.array_equal(back.time_s, pose.time_s)
    assert np.array_equal(back.people, pose.people)
    for name in ("image", "world", "confidence", "presence"):
        put_in = getattr(pose, name).astype(np.float32)
        assert np.array_equal(getattr(back, name), put_in, equal_nan=True), name
    assert (back.frame_size, back.model) == (pose.frame_size, pose.model)


@pytest.mark.parametrize("most", [50, 200, 397])
def test_only_the_newest_are_kept_and_the_others_counted(pose: PoseSequence, most: int) -> None:
    buffer = filled(pose, most_frames=most)
    assert len(buffer) == most
    assert buffer.frames_dropped == len(pose) - most
    back = buffer.pose()
    assert np.array_equal(back.time_s, pose.time_s[-most:])
    assert np.array_equal(back.image, pose.image[-most:].astype(np.float32), equal_nan=True)


@pytest.mark.parametrize("most", [60, 36_000])
def test_a_part_of_it(pose: PoseSequence, most: int) -> None:
    buffer = filled(pose, most_frames=most)
    since_s = float(pose.time_s[-40])
    assert np.array_equal(buffer.pose(since_s).time_s, pose.time_s[-40:])
    thinned = buffer.pose(since_s, every=7).time_s
    assert np.array_equal(thinned, pose.time_s[-1:-41:-7][::-1])
    assert len(buffer.pose(float(pose.time_s[-1]) + 1.0)) == 0
