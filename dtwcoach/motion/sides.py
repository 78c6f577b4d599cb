"""Left and right: putting back the sides that a pose model mixed up.

Seen from the front, a body's outline fits a body seen from behind as well; seen from the side, the
near leg's fits the far leg. Pose models go over to the other reading for single frames or for
seconds. The picture then has its sides swapped, the depth has not: that is the mistake.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from dtwcoach.pose import INDEX, KEYPOINTS, MIRROR, SIDES, FloatArray, IntArray, PoseSequence

TRUNK = ("shoulder", "hip")
ARM = ("elbow", "wrist", "pinky", "index", "thumb")
LEG = ("knee", "ankle", "heel", "toe")
SWITCH_TORSOS = 0.25
"""What a change of sides costs: the mean step of the keypoints must become shorter by so much."""
SWAPPED_PER_S = 0.3
"""What a second of swapped sides costs: of two readings as smooth, the rarer one is the mistake."""
FACING_PER_S, FACING = 20.0, 0.1
"""What a second of swapped sides costs, or earns, for each 1.0 by which `facing` is above, or
below, the second number. On drawn people 98 % of the frames with right sides are above 0.6; of
those with swapped sides half are below -0.4."""


def unswap_sides(pose: PoseSequence) -> tuple[PoseSequence, np.ndarray]:
    """Swap left and right back where the pose model mixed them up, for frames or for seconds.

    First for the whole body, then for arms and for legs, the cheapest course of swapped and not
    swapped is sought (Viterbi): sides that change cost, and so do keypoints that leap, time spent
    swapped, and, for the whole body, toes that point backwards. Only places in the picture change
    sides, with the confidence in them; depth stays (see above): on drawn people its error falls
    back to that of unmixed frames by this, and doubles otherwise.

    Returns
    -------
    pose : PoseSequence
    turns : (time,) bool
        The first frame of each stretch on other sides than the one before it. Around them the
        pose may be half-way between both readings.
    """
    known = np.isfinite(pose.image[..., 0]).any(axis=1)
    if known.sum() < 2:
        return pose, np.zeros(len(pose), dtype=bool)
    frame_s = np.gradient(pose.time_s)
    backwards = FACING_PER_S * np.nan_to_num(facing(pose.world) - FACING)
    none = np.zeros(len(pose))
    mixed, turns = np.zeros((2, len(pose)), dtype=bool)
    for part, watched, evidence in (
        (np.arange(len(KEYPOINTS)), _pairs(*TRUNK, *ARM[:2], *LEG[:2]), backwards),
        (_pairs(*ARM), _pairs(*ARM[:2]), none),
        (_pairs(*LEG), _pairs(*LEG), none),
    ):
        swapped = _course(_saved(pose.image, watched), frame_s * (SWAPPED_PER_S + evidence))
        pose = _swap(pose, swapped, part)
        mixed |= swapped
        turns[1:] |= np.diff(swapped)
    if mixed.any():
        note = f"Left and right were mixed up in {int(mixed.sum())} frames and swapped back."
        pose = replace(pose, notes=(*pose.notes, note))
    return pose, turns


def _pairs(*joints: str) -> IntArray:
    return np.array([INDEX[f"{side}_{joint}"] for joint in joints for side in SIDES])


def facing(world: FloatArray) -> FloatArray:
    """How far the toes point forward, by the sides of the shoulders.

    Left of the shoulders and up the shin make forward, standing or lying. Legs that changed places
    make no difference.

    Parameters
    ----------
    world : (time, keypoint, 3) float

    Returns
    -------
    (time,) float
        1 forward, -1 backward; nan where not seen in depth.
    """
    left = _unit(world[:, INDEX["left_shoulder"]] - world[:, INDEX["right_shoulder"]])
    along = []
    for side in SIDES:
        knee, ankle, heel, toe = (world[:, INDEX[f"{side}_{joint}"]] for joint in LEG)
        along.append((np.cross(left, _unit(knee - ankle)) * _unit(toe - heel)).sum(axis=1))
    return np.asarray(np.mean(along, axis=0))


def _unit(vectors: FloatArray) -> FloatArray:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))


def _saved(image: FloatArray, watched: IntArray) -> FloatArray:
    """By how much each step in the picture is shorter with swapped sides: (time - 1,) torsos."""
    hips, shoulders = (image[:, _pairs(joint), :2].mean(axis=1) for joint in ("hip", "shoulder"))
    torso = np.linalg.norm(shoulders - hips, axis=1)
    if not np.isfinite(torso).any():
        return np.zeros(len(image) - 1)
    before, after = image[:-1, watched, :2], image[1:, watched, :2]
    crossed = image[:-1, MIRROR[watched], :2]
    shorter = np.linalg.norm(after - before, axis=2) - np.linalg.norm(after - crossed, axis=2)
    seen = np.isfinite(shorter)
    mean = np.where(seen, shorter, 0.0).sum(axis=1) / np.maximum(seen.sum(axis=1), 1)
    return np.asarray(mean / np.nanmedian(torso))


def _course(saved: FloatArray, cost: FloatArray) -> np.ndarray:
    """Cheapest course of swapped (True) and not.

    Parameters
    ----------
    saved : (time - 1,) float
        What changing sides saves at each step; what it costs, where negative.
    cost : (time,) float
        Of being swapped.
    """
    stay, change = np.maximum(saved, 0.0), np.maximum(-saved, 0.0) + SWITCH_TORSOS
    total = np.array([0.0, cost[0]])
    changed = np.zeros((len(cost), 2), dtype=bool)
    for frame in range(1, len(cost)):
        kept, other = total + stay[frame - 1], total[::-1] + change[frame - 1]
        changed[frame] = other < kept
        total = np.minimum(kept, other) + (0.0, cost[frame])
    state = np.zeros(len(cost), dtype=bool)
    state[-1] = total[1] < total[0]
    for frame in range(len(cost) - 1, 0, -1):
        state[frame - 1] = state[frame] ^ changed[frame, int(state[frame])]
    return state


def _swap(pose: PoseSequence, frames: np.ndarray, part: IntArray) -> PoseSequence:
    """The pose with left and right of a part of the body swapped in the picture."""
    if not frames.any():
        return pose
    rows, arrays = np.flatnonzero(frames)[:, None], {}
    for name in ("image", "world", "confidence", "presence"):
        array = getattr(pose, name).copy()
        flat = array[..., :2] if array.ndim == 3 else array  # a view of it
        flat[rows, part] = flat[rows, MIRROR[part]]
        arrays[name] = array
    return replace(pose, **arrays)
