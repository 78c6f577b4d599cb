"""The pose model's error on drawn people: `python -m benchmarks.pose_error`.

Protocol: every exercise by several drawn people from its own camera, turned by up to 15 degrees.
Error is the distance in the picture between a keypoint found and the true joint, in percent of
the person's height there; the median over frames. Joints with a limb or the trunk in front of
them are left out: where a hidden joint is, the model can only guess.
"""

from __future__ import annotations

import argparse
from dataclasses import replace

import numpy as np

from benchmarks.clips import Clip, render_all
from dtwcoach.mannequin.exercises import EXERCISES
from dtwcoach.mannequin.performance import Performance
from dtwcoach.mannequin.recording import Truth, default_camera
from dtwcoach.pose import BONES, INDEX, MAJOR_JOINTS, PoseSequence

MAJOR = [INDEX[name] for name in MAJOR_JOINTS]
JOINTS = tuple(dict.fromkeys(name.split("_")[1] for name in MAJOR_JOINTS))
LIMB_M, TRUNK_M = 0.06, 0.13
"""Half the thickness of what may stand in front of a joint."""
IN_FRONT_M = 0.08
"""How much nearer to the camera it must be."""
FLOOR = ("push_up", "glute_bridge")
LEAST_FOUND = {"floor": 0.95, "standing": 0.99}
MOST_MEDIAN_PERCENT = 2.0


def found(pose: PoseSequence) -> float:
    """Share of the frames in which a person was found."""
    return float(np.isfinite(pose.image[:, MAJOR, 0]).any(axis=1).mean())


def errors_percent(truth: Truth, pose: PoseSequence) -> np.ndarray:
    """Distance of found from true keypoints, (time, major joint), in percent of body height."""
    frame = np.abs(truth.time_s[:, None] - pose.time_s).argmin(axis=0)
    apart = pose.image[:, MAJOR, :2] - truth.keypoints_px[frame][:, MAJOR]
    depth_m = truth.camera.project(truth.points_m)[..., 2].mean(axis=1)
    height_px = truth.person.height_m * truth.camera.focal_px / depth_m
    percent = 100 * np.linalg.norm(apart, axis=2) / height_px[frame, None]
    return np.where(visible(truth)[frame], percent, np.nan)


def visible(truth: Truth) -> np.ndarray:
    """Where no part of the body stands between camera and joint, (time, major joint) bool."""
    at = truth.camera.project(truth.points_m).copy()  # right and down in pixels, depth in metres
    at[..., :2] *= at[..., 2].mean() / truth.camera.focal_px
    hips, shoulders = (
        (at[:, INDEX[f"left_{j}"]] + at[:, INDEX[f"right_{j}"]]) / 2 for j in ("hip", "shoulder")
    )
    parts = [(at[:, INDEX[a]], at[:, INDEX[b]], LIMB_M, {a, b}) for a, b in BONES]
    ends = {f"{side}_{j}" for side in ("left", "right") for j in ("hip", "shoulder")}
    parts.append((hips, shoulders, TRUNK_M, ends))
    free = np.ones((len(truth), len(MAJOR)), dtype=bool)
    for column, name in enumerate(MAJOR_JOINTS):
        for near, far, half_m, own in parts:
            if name not in own:
                free[:, column] &= ~_behind(at[:, INDEX[name]], near, far, half_m)
    return free


def _behind(joint: np.ndarray, a: np.ndarray, b: np.ndarray, half_m: float) -> np.ndarray:
    """Whether the limb from a to b covers the joint, frame by frame; all (time, 3)."""
    along = (b - a)[:, :2]
    share = ((joint - a)[:, :2] * along).sum(axis=1) / np.maximum((along**2).sum(axis=1), 1e-9)
    nearest = a + np.clip(share, 0, 1)[:, None] * (b - a)
    covers = np.linalg.norm((joint - nearest)[:, :2], axis=1) < half_m
    return np.asarray(covers & (joint[:, 2] - nearest[:, 2] > IN_FRONT_M))


def clips(*, people: int, reps: int = 2, first_seed: int = 700) -> list[Clip]:
    """Every exercise by so many people, cameras turned by up to 15 degrees."""
    result = []
    for number, exercise in enumerate(EXERCISES):
        for take in range(people):
            seed = first_seed + 10 * number + take
            off_deg = float(np.random.default_rng([seed, 11]).uniform(-15, 15))
            how = Performance(reps=reps, lead_in_s=0.6, lead_out_s=0.4, pause_s=0.4, seed=seed)
            base = default_camera(exercise)
            camera = replace(base, yaw_deg=base.yaw_deg + off_deg)
            result.append(Clip(exercise, seed, how, camera))
    return result


def main(arguments: list[str] | None = None) -> None:
    """Run the benchmark and print its table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=5, help="people per exercise")
    options = parser.parse_args(arguments)
    wanted = clips(people=options.people)
    render_all(wanted)
    print(f"{'exercise':24}{'frames':>8}{'found %':>9}" + "".join(f"{j:>10}" for j in JOINTS))
    everything = []
    for exercise in EXERCISES:
        taken = [(clip.truth(), clip.pose()) for clip in wanted if clip.exercise == exercise]
        percent = np.concatenate([errors_percent(*pair) for pair in taken])
        everything.append(percent)
        share = 100 * np.average([found(p) for _, p in taken], weights=[len(p) for _, p in taken])
        print(f"{exercise:24}{len(percent):8}{share:9.2f}{_cells(percent)}")
    percent = np.concatenate(everything)
    print(f"{'all':24}{len(percent):8}{'':9}{_cells(percent)}")


def _cells(percent: np.ndarray) -> str:
    """Median of each joint, both sides together."""
    pairs = percent.reshape(len(percent), len(JOINTS), 2)
    return "".join(f"{np.nanmedian(pairs[:, j]):10.2f}" for j in range(len(JOINTS)))


if __name__ == "__main__":
    main()
