"""What the camera's place does to the features: `python -m benchmarks.view_error`.

Protocol: drawn people do the same two repetitions before cameras 0 to 90 degrees off the
exercise's own view. The error of a feature is its curve less the true one, over true repetitions
of equal length, for three ways to read the pose: the picture's two dimensions with the model's
depth (what the program does), the model's own metres, and the picture alone. Distances between
two errors are root mean squares over a repetition, as the warped distances of the verdict are.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from benchmarks.clips import Clip, render_all
from dtwcoach.mannequin.exercises import EXERCISES
from dtwcoach.mannequin.performance import Performance
from dtwcoach.mannequin.recording import Truth, default_camera
from dtwcoach.motion.body import body_motion, seen_in_depth
from dtwcoach.motion.cleaning import clean
from dtwcoach.motion.features import FEATURE_NAMES, measure, resample
from dtwcoach.motion.view import LEVEL_RANGE_DEG, camera_elevation_deg, heading_deg, kind_of
from dtwcoach.pose import KEYPOINTS, PoseSequence
from dtwcoach.settings import Settings

TURNS_DEG = (0, 15, 30, 45, 60, 75, 90)
HEIGHTS_M = (0.2, 1.8, 2.5)
FIRST_SEED = 600
TWICE = ("squat", "push_up", "lateral_raise", "good_morning")
"""Exercises done by a second person too."""
SETTINGS = Settings()
KINDS = np.array([kind_of(name) for name in FEATURE_NAMES])
WAYS = {
    "picture and depth": lambda pose: pose,
    "model": lambda pose: replace(pose, image=np.full_like(pose.image, np.nan)),
    "picture": lambda pose: replace(pose, world=np.full_like(pose.world, np.nan)),
}
"""What each way of reading a pose leaves of it."""
PROGRAM = "picture and depth"


def _how(seed: int, reps: int) -> Performance:
    return Performance(reps=reps, tempo=1.25, lead_in_s=0.4, lead_out_s=0.3, pause_s=0.2, seed=seed)


def turned_clips() -> list[Clip]:
    """The same two repetitions seen from 0 to 90 degrees off the exercise's own view.

    The camera goes round to one side of the first person, to the other of the second.
    """
    result = []
    for number, exercise in enumerate(EXERCISES):
        towards = 1 if np.random.default_rng([FIRST_SEED, number]).random() < 0.5 else -1
        base = default_camera(exercise)
        for take in range(2 if exercise in TWICE else 1):
            seed = FIRST_SEED + 10 * number + take
            for turn in TURNS_DEG:
                camera = replace(base, yaw_deg=base.yaw_deg + (-1) ** take * towards * turn)
                result.append(Clip(exercise, seed, _how(seed, 2), camera))
    return result


def raised_clips() -> list[Clip]:
    """One repetition of who stands, from the floor up to above the head, at the exercise's yaw."""
    result = []
    for number, (exercise, known) in enumerate(EXERCISES.items()):
        seed = FIRST_SEED + 10 * number + 9
        for height_m in HEIGHTS_M if known.contact == "feet" else ():
            camera = replace(default_camera(exercise), height_m=height_m)
            clip = Clip(exercise, seed, _how(seed, 1), camera)
            aimed = replace(camera, tilt_deg=elevation_deg(clip.truth()))
            result.append(replace(clip, camera=aimed))
    return result


def elevation_deg(truth: Truth) -> float:
    """Angle under which the camera looks down on the middle of the body."""
    heights = truth.points_m[..., 1]
    middle_m = float(heights.min() + heights.max()) / 2
    return float(np.degrees(np.arctan2(truth.camera.height_m - middle_m, truth.camera.distance_m)))


@dataclass(frozen=True, eq=False)
class Filmed:
    """One clip's errors.

    Parameters
    ----------
    clip : Clip
    turn_deg : int
        From the exercise's own view, to either side.
    errors : dict of (rep, samples, feature) float
        By way of reading.
    yaw_deg, heading_deg, true_yaw_deg : float
        With the feet, without them, and really.
    elevation_deg, true_elevation_deg : float
    """

    clip: Clip
    turn_deg: int
    errors: dict[str, np.ndarray]
    yaw_deg: float
    heading_deg: float
    true_yaw_deg: float
    elevation_deg: float
    true_elevation_deg: float


def filmed(clip: Clip) -> Filmed:
    """Compare a clip's pose with what really happened."""
    truth, pose = clip.truth(), clean(clip.pose(), SETTINGS).pose
    room = np.full((len(truth), len(KEYPOINTS), 3), np.nan)
    real = replace(truth.pose(), world=truth.points_m[:, : len(KEYPOINTS)], image=room)
    true = _curves(truth, real)
    return Filmed(
        clip=clip,
        turn_deg=round(abs(clip.camera.yaw_deg - default_camera(clip.exercise).yaw_deg)),
        errors={way: _curves(truth, read(pose)) - true for way, read in WAYS.items()},
        yaw_deg=body_motion(pose).view_yaw_deg,
        heading_deg=heading_deg(seen_in_depth(pose)),
        true_yaw_deg=clip.camera.yaw_deg + body_motion(real).view_yaw_deg,
        elevation_deg=camera_elevation_deg(seen_in_depth(pose)),
        true_elevation_deg=elevation_deg(truth),
    )


def _curves(truth: Truth, pose: PoseSequence) -> np.ndarray:
    """Features of the true repetitions, (rep, samples, feature)."""
    values = measure(body_motion(pose).positions)
    ends = [(truth.time_s[rep.start], truth.time_s[rep.stop - 1]) for rep in truth.reps]
    rows = [np.searchsorted(pose.time_s, np.array(both) - 1e-6) for both in ends]
    return np.stack([resample(values[first : last + 1], SETTINGS.samples) for first, last in rows])


def rms(values: np.ndarray, axis: int) -> np.ndarray:
    """Root mean square."""
    return np.asarray(np.sqrt(np.mean(values**2, axis=axis)))


def apart(films: Iterable[Filmed], way: str, difference_deg: int) -> np.ndarray:
    """How far one repetition's errors in two views are apart, (pair, feature).

    Pairs stand that far from each other to one side, the first up to 30 degrees off the
    exercise's own view. Without a difference: two repetitions in one view.
    """
    if not difference_deg:
        return np.concatenate(
            [rms(film.errors[way][:1] - film.errors[way][1:], 1) for film in films]
        )
    by = {(film.clip.exercise, film.clip.person_seed, film.turn_deg): film for film in films}
    return np.concatenate(
        [
            rms(film.errors[way] - by[*who, turn + difference_deg].errors[way], 1)
            for (*who, turn), film in by.items()
            if turn <= 30 and (*who, turn + difference_deg) in by
        ]
    )


def error_table(films: list[Filmed]) -> str:
    """Bias, scatter and what views are apart, by kind of feature and way of reading."""
    lines = [f"{'':40}{'rms bias at':^12}{'scatter':>10}{'views apart by (80th percentile)':>36}"]
    lines += [f"{'':40}{'0-30':>6}{'45-90':>6}{'95 %':>10}" + "".join(f"{t:6}" for t in TURNS_DEG)]
    for kind in dict.fromkeys(KINDS):
        percent = 100 if kind.startswith("position") else 1
        for way in WAYS:
            cells = []
            for near in (True, False):
                bias = [f.errors[way].mean(axis=1) for f in films if (f.turn_deg <= 30) is near]
                cells.append(np.sqrt(np.nanmean(np.concatenate(bias)[:, kind == KINDS] ** 2)))
            off = [f.errors[way] - f.errors[way].mean(axis=1, keepdims=True) for f in films]
            scatter = rms(np.concatenate(off)[..., kind == KINDS], 1)
            cells.append(np.nanpercentile(scatter, 95))
            cells += [
                np.nanpercentile(apart(films, way, turn)[:, kind == KINDS], 80)
                for turn in TURNS_DEG
            ]
            lines.append(f"{kind:22}{way:18}" + "".join(f"{percent * x:6.1f}" for x in cells))
    return "\n".join(lines)


def allowances(films: list[Filmed]) -> str:
    """How far views move features, less what two repetitions in one view are apart; `NOISE`."""
    same = apart(films, PROGRAM, 0)
    views = {turn: apart(films, PROGRAM, turn) for turn in TURNS_DEG[1:]}
    lines = []
    for kind in dict.fromkeys(KINDS):
        digits = 3 if kind.startswith("position") else 1
        base = np.nanpercentile(same[:, kind == KINDS], 80)
        steps = [np.nanpercentile(x[:, kind == KINDS], 80) for x in views.values()]
        more = np.maximum.accumulate(np.sqrt(np.maximum(np.square(steps) - base**2, 0.0)))
        noise = np.nanpercentile(same[:, kind == KINDS], 95)
        lines.append(
            f"{kind:22}{[0.0, *np.round(more, digits).tolist()]}, noise {noise:.{digits}f}"
        )
    return "\n".join(lines)


def view_table(films: list[Filmed]) -> str:
    """Error of the estimated view, and of the difference between two recordings' views."""
    off = np.abs([_turn(f.yaw_deg - f.true_yaw_deg) for f in films])
    plain = np.abs([_turn(f.heading_deg - f.true_yaw_deg) for f in films])
    pairs = [
        (_turn(a.true_yaw_deg - b.true_yaw_deg), _turn(a.yaw_deg - b.yaw_deg))
        for number, a in enumerate(films)
        for b in films[:number]
        if a.clip.exercise == b.clip.exercise
    ]
    true, found = np.abs(np.array(pairs)).T
    near, far = true <= 30.5, true >= 44.5
    return (
        f"view off by {off.mean():.1f} degrees in the mean, median {np.median(off):.1f} "
        f"(without the feet {plain.mean():.1f} and {np.median(plain):.1f}); "
        f"difference of two views off by {np.abs(found - true)[true < 91].mean():.1f}\n"
        f"found more than 35 degrees apart: {np.mean(found[near] > 35):.2f} of the pairs up to 30 "
        f"apart, {np.mean(found[far] > 35):.2f} of those from 45 apart"
    )


def _turn(degrees: float) -> float:
    return (degrees + 180.0) % 360.0 - 180.0


def elevation_table(films: list[Filmed]) -> str:
    """Error of the estimated elevation, and of the coarse answer."""
    true = np.array([film.true_elevation_deg for film in films])
    found = np.array([film.elevation_deg for film in films])
    answered = np.isfinite(found)
    off = np.abs(found - true)[answered]
    lines = [
        f"camera's elevation answered in {answered.sum()} of {len(films)} clips, off by "
        f"{off.mean():.1f} degrees in the mean, 95th percentile {np.percentile(off, 95):.0f}"
    ]
    coarse, said = np.digitize(true, LEVEL_RANGE_DEG), np.digitize(found, LEVEL_RANGE_DEG)
    for number, name in enumerate(("low", "level", "high")):
        cells = [f"{np.sum(answered & (coarse == number) & (said == k)):4}" for k in range(3)]
        unknown = np.sum(~answered & (coarse == number))
        lines.append(f"{name:6} called low, level, high, unknown: {''.join(cells)}{unknown:4}")
    return "\n".join(lines)


def main() -> None:
    """Run the benchmark and print its tables."""
    turned, raised = turned_clips(), raised_clips()
    render_all([*turned, *raised], jobs=1)
    films = [filmed(clip) for clip in turned]
    print(f"{len(films)} clips; degrees, or percent of the torso's length\n")
    print(error_table(films), allowances(films), view_table(films), sep="\n\n")
    print("\n" + elevation_table([*films, *map(filmed, raised)]))


if __name__ == "__main__":
    main()
