"""Movements of drawn people for `benchmarks.recognition`: true poses, disturbed as a model errs.

One repetition a person and movement, all filmed by one camera at 45 degrees, turned by up to 15 and
at 3.2 to 4.2 m: were each movement filmed from its own view, models could learn the view. Each
keypoint is off by `ERROR` of the body's height along each axis of the picture, what
`benchmarks.pose_error` measured on the real model (median distance 1.0 %), and by `DEPTH` times as
much in depth (`motion.noise.NOISE`); half of the variance stays for the whole clip, the rest comes
and goes within `COMES_AND_GOES_S`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from zlib import crc32

import numpy as np

from benchmarks.clips import CACHE
from dtwcoach.mannequin.camera import Camera
from dtwcoach.mannequin.exercises import EXERCISES, Exercise, both
from dtwcoach.mannequin.more import KNOWN
from dtwcoach.mannequin.performance import Performance
from dtwcoach.mannequin.person import Person
from dtwcoach.mannequin.recording import Truth, simulate
from dtwcoach.motion.features import resample
from dtwcoach.motion.recording import describe
from dtwcoach.pose import KEYPOINTS, FloatArray, PoseSequence
from dtwcoach.settings import Settings

ERROR, DEPTH, COMES_AND_GOES_S = 0.0085, 2.35, 0.3
SAMPLES = 30
YAW_DEG, DISTANCE_M = 45.0, (3.2, 4.2)
SAME_VIEW, OTHER_VIEW = (0.0, 15.0), (30.0, 45.0)
"""By how many degrees the camera is turned, to either side."""
_ARMS_UP = both(shoulder_flexion=165, elbow_flexion=10)


def _standing(name: str, driver: tuple[str, ...], **turn: float) -> Exercise:
    rest = both(foot_x=0.2, foot_yaw=10, elbow_flexion=10)
    return Exercise(name, name, rest=rest, turn=turn, driver=driver, yaw_deg=30.0)


_OTHERS = (
    _standing(
        "front_raise", ("left_shoulder_flexion",), **both(shoulder_flexion=95, elbow_flexion=8)
    ),
    _standing("side_bend", ("trunk_roll",), pelvis_roll=6.0, trunk_roll=28.0),
    _standing("trunk_twist", ("trunk_twist",), trunk_twist=45.0, pelvis_yaw=10.0),
    _standing(
        "toe_touch", ("pelvis_pitch",), pelvis_pitch=75.0, trunk_pitch=35.0,
        **both(shoulder_flexion=110),
    ),
    _standing("reach_up", ("left_shoulder_flexion",), **_ARMS_UP),
    _standing(
        "hands_to_hips", ("left_elbow_flexion",),
        **both(shoulder_abduction=40, elbow_flexion=95, shoulder_rotation=40),
    ),
    _standing("ski_stance", ("pelvis_pitch",), pelvis_pitch=25.0, **both(knee_flexion=40)),
)  # fmt: skip
_NEW = {one.name: one for one in _OTHERS}
CLASSES = (*EXERCISES, "high_knees", "front_raise")
UNKNOWN = (
    "side_bend", "trunk_twist", "toe_touch", "reach_up", "hands_to_hips", "ski_stance", "wall_sit",
    "plank",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Windows:
    """Repetitions of one length.

    features : (window, samples, feature) float
    raw : (window, samples, 132) float
        x, y, z and visibility of all 33 keypoints, in shares of the picture.
    labels : (window,) str
    people : (window,) int
    """

    features: FloatArray
    raw: FloatArray
    labels: np.ndarray
    people: np.ndarray

    def of(self, chosen: np.ndarray) -> Windows:
        """Some of them."""
        return Windows(*(part[chosen] for part in vars(self).values()))


def windows(
    movements: tuple[str, ...], seeds: range, *, off_deg: tuple[float, float] = SAME_VIEW
) -> Windows:
    """One repetition of each movement by each person; kept in the cache."""
    about = (movements, seeds, off_deg, YAW_DEG, DISTANCE_M, ERROR, DEPTH)
    kept = CACHE / f"recognition-{crc32(repr(about).encode()):08x}.npz"
    if not kept.exists():
        wanted = [(movement, seed) for seed in seeds for movement in movements]
        rows = [(*window(*one, off_deg=off_deg), *one) for one in wanted]
        CACHE.mkdir(exist_ok=True)
        features, raw, labels, people = (np.array(column) for column in zip(*rows, strict=True))
        np.savez_compressed(kept, features=features, raw=raw, labels=labels, people=people)
    with np.load(kept) as stored:
        return Windows(*(stored[key] for key in ("features", "raw", "labels", "people")))


def window(
    movement: str, seed: int, *, off_deg: tuple[float, float] = SAME_VIEW
) -> tuple[FloatArray, FloatArray]:
    """A repetition's features and raw landmarks, both of `SAMPLES` samples."""
    truth, pose = clip(movement, seed, off_deg=off_deg)
    recording = describe(pose, Settings())
    start_s, stop_s = truth.time_s[[truth.reps[0].start, truth.reps[0].stop - 1]]
    first, last = np.searchsorted(recording.series.time_s, [start_s, stop_s])
    features = resample(recording.series.values[first : last + 1], SAMPLES)
    width, height = pose.frame_size
    landmarks = pose.image / np.array([width, height, width])
    flat = np.concatenate([landmarks, pose.confidence[..., None]], axis=2).reshape(len(pose), -1)
    at = slice(truth.reps[0].start, truth.reps[0].stop)
    return features, resample(np.nan_to_num(flat[at]), SAMPLES)


def clip(movement: str, seed: int, *, off_deg: tuple[float, float]) -> tuple[Truth, PoseSequence]:
    """What happens, and its pose as a model with a realistic error sees it."""
    exercise = _NEW.get(movement) or KNOWN[movement]
    rng = np.random.default_rng([seed, crc32(movement.encode())])
    camera = Camera(
        yaw_deg=YAW_DEG + rng.choice([-1.0, 1.0]) * rng.uniform(*off_deg),
        height_m=rng.uniform(0.9, 1.3),
        distance_m=rng.uniform(*DISTANCE_M),
        tilt_deg=3.0,
    )
    how = Performance(
        reps=1, tempo=rng.uniform(0.75, 1.35), rom=rng.uniform(0.85, 1.1), lead_in_s=0.6,
        lead_out_s=0.6, pause_s=0.5, hold_s=2.0 if exercise.is_hold else None, seed=seed,
    )  # fmt: skip
    truth = simulate(Person.from_seed(seed), exercise, how, camera)
    return truth, disturbed(truth, rng)


def disturbed(truth: Truth, rng: np.random.Generator) -> PoseSequence:
    """The true pose with an error like the model's."""
    pose = truth.pose()
    height_px = truth.person.height_m * truth.camera.focal_px / truth.camera.distance_m
    off = _error(pose, rng) * ERROR * np.array([1.0, 1.0, DEPTH])
    return replace(
        pose,
        image=pose.image + off * height_px,
        world=pose.world + off * truth.person.height_m * np.array([1.0, -1.0, -1.0]),
    )


def _error(pose: PoseSequence, rng: np.random.Generator) -> FloatArray:
    """Errors of variance 1: one half constant, the other half slowly changing."""
    shape = (len(pose), len(KEYPOINTS), 3)
    keep = float(np.exp(-1.0 / (COMES_AND_GOES_S * pose.fps)))
    fresh = rng.normal(size=shape)
    for now in range(1, len(pose)):
        fresh[now] = keep * fresh[now - 1] + np.sqrt(1 - keep**2) * fresh[now]
    return np.asarray((rng.normal(size=shape[1:]) + fresh) / np.sqrt(2))
