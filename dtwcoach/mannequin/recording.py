"""A performance in front of a camera: the truth about it, its pictures and its video."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from dtwcoach.errors import UsageError
from dtwcoach.mannequin.angles import MEASURES
from dtwcoach.mannequin.camera import Camera
from dtwcoach.mannequin.contact import body_points
from dtwcoach.mannequin.exercises import Exercise
from dtwcoach.mannequin.more import KNOWN
from dtwcoach.mannequin.motion import TrueRep, perform
from dtwcoach.mannequin.performance import Performance
from dtwcoach.mannequin.person import Person
from dtwcoach.mannequin.true_pose import true_face, true_hands
from dtwcoach.mannequin.walking import gait, straight_prints
from dtwcoach.pose import INDEX, KEYPOINTS, FloatArray, PoseSequence

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dtwcoach.mannequin.look import Look
    from dtwcoach.mannequin.render import Figure

    Image = NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Truth:
    """What really happens in a synthetic recording.

    Parameters
    ----------
    time_s : (time,) float
        Seconds from 0.
    points_m : (time, P, 3) float
        The body in the mannequin's world (`kinematics.POINTS`), metres.
    reps : tuple of TrueRep
        Repetitions in order.
    person, exercise, performance, camera
        Who did what, how, and seen from where.
    half_reps : tuple of TrueRep
        Half repetitions in order, which do not count.
    hands_m : (time, 2, 21, 3) float, optional
        The left and the right hand (`pose.HAND_KEYPOINTS`), metres; drawn with fingers where known.
    expression : (time, 4) float, optional
        How much of each of `face.EXPRESSIONS` there is.
    """

    time_s: FloatArray
    points_m: FloatArray
    reps: tuple[TrueRep, ...]
    person: Person
    exercise: Exercise
    performance: Performance
    camera: Camera
    half_reps: tuple[TrueRep, ...] = ()
    hands_m: FloatArray | None = None
    expression: FloatArray | None = None

    def __post_init__(self) -> None:
        for name in ("time_s", "points_m", "hands_m", "expression"):
            if getattr(self, name) is not None:
                getattr(self, name).setflags(write=False)

    def __len__(self) -> int:
        return len(self.time_s)

    @cached_property
    def keypoints_px(self) -> FloatArray:
        """(time, 33, 2) pixels, x to the right and y down; NaN behind the camera."""
        return self.camera.project(self.points_m[:, : len(KEYPOINTS)])[..., :2]

    @cached_property
    def keypoints_m(self) -> FloatArray:
        """(time, 33, 3) metres from the middle of the hips, aligned with the camera."""
        seen = self.camera.to_camera(self.points_m[:, : len(KEYPOINTS)])
        hips = (seen[:, INDEX["left_hip"]] + seen[:, INDEX["right_hip"]]) / 2
        return np.asarray(seen - hips[:, None])

    def angles(self) -> dict[str, FloatArray]:
        """Every angle of `angles.MEASURES` over time, degrees."""
        return {name: of(self.points_m) for name, of in MEASURES.items()}

    def pose(self, *, noise_px: float = 0.0, seed: int = 0) -> PoseSequence:
        """The recording as a perfect estimator would see it, or one with so much noise.

        Parameters
        ----------
        noise_px : float
            Standard deviation of independent noise per axis, in pixels; metres get the same.
        seed : int
            Of the noise.
        """
        rng = np.random.default_rng([seed, 29])
        placed = self.camera.project(self.points_m[:, : len(KEYPOINTS)])
        px_per_m = self.camera.focal_px / np.maximum(placed[..., 2:], 0.1)
        hips = placed[:, [INDEX["left_hip"], INDEX["right_hip"]], 2].mean(axis=1)
        image = placed.copy()
        image[..., 2] = (placed[..., 2] - hips[:, None]) * px_per_m[..., 0]
        world = self.keypoints_m.copy()
        if noise_px:
            image += rng.normal(0, noise_px, image.shape)
            world += rng.normal(0, noise_px, world.shape) / px_per_m
        width, height = self.camera.width, self.camera.height
        inside = (placed[..., :2] >= 0).all(axis=-1) & (
            (placed[..., 0] < width) & (placed[..., 1] < height)
        )
        image[~inside] = np.nan
        world[~inside] = np.nan
        return PoseSequence(
            time_s=self.time_s,
            image=image,
            world=world,
            confidence=inside.astype(float),
            frame_size=(width, height),
            model="mannequin/truth",
            hands=self._true_hands(noise_px, rng),
            face=(
                None
                if self.expression is None
                else true_face(self.camera, self.points_m, self.expression)
            ),
        )

    def _true_hands(self, noise_px: float, rng: np.random.Generator) -> FloatArray | None:
        if self.hands_m is None:
            return None
        hands = true_hands(self.camera, self.hands_m)
        return hands + rng.normal(0, noise_px, hands.shape) if noise_px else hands


def default_camera(exercise: str | Exercise) -> Camera:
    """The camera that films an exercise well, at 640x480 and 30 frames per second."""
    known = find_exercise(exercise)
    return Camera(
        yaw_deg=known.yaw_deg,
        height_m=known.height_m,
        distance_m=known.distance_m,
        tilt_deg=known.tilt_deg,
    )


def find_exercise(exercise: str | Exercise) -> Exercise:
    """The exercise of that name.

    Raises
    ------
    UsageError
        When the mannequin does not know it.
    """
    if isinstance(exercise, Exercise):
        return exercise
    if exercise not in KNOWN:
        raise UsageError(f"The mannequin does not know {exercise!r}; it knows {', '.join(KNOWN)}.")
    return KNOWN[exercise]


def simulate(
    person: Person,
    exercise: str | Exercise,
    performance: Performance | None = None,
    camera: Camera | None = None,
) -> Truth:
    """What happens when a person performs an exercise before a camera; nothing is drawn.

    Parameters
    ----------
    person : Person
        Who.
    exercise : str or Exercise
        A name of `more.KNOWN`, or one of your own.
    performance : Performance, optional
        How; eight right repetitions by default.
    camera : Camera, optional
        From where; `default_camera` by default.

    Raises
    ------
    UsageError
        For unknown exercises, faults or impossible settings.

    Examples
    --------
    >>> truth = simulate(Person.from_seed(1), "squat", Performance(reps=2))
    >>> len(truth.reps), truth.points_m.shape[1:]
    (2, (37, 3))
    """
    known = find_exercise(exercise)
    how = performance or Performance()
    view = camera or default_camera(known)
    half_view = np.tan(np.radians(view.fov_deg / 2)) * view.width / view.height
    motion = perform(
        person,
        known,
        how,
        fps=view.fps,
        view_yaw_deg=view.yaw_deg,
        outside_m=float(half_view * view.distance_m + 0.7),
    )
    points = body_points(person, motion.channels, contact=known.contact, frames=len(motion.time_s))
    return Truth(
        motion.time_s, points, motion.reps, person, known, how, view, half_reps=motion.half_reps
    )


def passer_by(
    truth: Truth, person: Person, *, start_s: float = 2.0, behind_m: float = 1.3
) -> Truth:
    """Somebody who walks through the picture behind the athlete, from left to right.

    Returns a truth of the same length without repetitions, for `frames(..., others=[...])`.
    Negative `behind_m` passes in front.
    """
    camera = truth.camera
    yaw = np.radians(camera.yaw_deg)
    right, away = (
        np.array([np.cos(yaw), -np.sin(yaw)]),
        -np.array([np.sin(yaw), np.cos(yaw)]),
    )
    half_view = np.tan(np.radians(camera.fov_deg / 2)) * camera.width / camera.height
    edge = half_view * (camera.distance_m + behind_m) + 0.7
    start, stop = (away * behind_m + right * side * edge for side in (-1, 1))
    prints = straight_prints(
        person, (float(start[0]), float(start[1])), (float(stop[0]), float(stop[1]))
    )
    channels = gait(person, prints, truth.time_s - start_s)
    points = body_points(person, channels, contact="feet", frames=len(truth))
    return replace(truth, points_m=points, reps=(), half_reps=(), person=person)


def frames(
    truth: Truth, *, others: tuple[Truth, ...] = (), every: int = 1, seed: int = 0
) -> Iterator[Image]:
    """The pictures of a recording, one by one: (height, width, 3) BGR bytes.

    Parameters
    ----------
    truth : Truth
        What happens.
    others : tuple of Truth
        More people in the same picture, of the same length (see `passer_by`).
    every : int
        Draw only each so many-th frame.
    seed : int
        Of the room and the sensor's noise.

    Raises
    ------
    UsageError
        When the recordings differ in length.
    """
    from dtwcoach.mannequin.look import Look
    from dtwcoach.mannequin.render import Renderer

    if any(len(other) != len(truth) for other in others):
        raise UsageError("People in one picture need recordings of the same length.")
    renderer = Renderer(truth.camera, seed=seed)
    rng = np.random.default_rng([seed, 43])
    cast = [(one, Look.from_seed(one.person.look_seed)) for one in (truth, *others)]
    for number in range(0, len(truth), every):
        figures = [_figure(one, look, number) for one, look in cast]
        yield renderer.frame(figures, rng)


def _figure(truth: Truth, look: Look, number: int) -> Figure:
    from dtwcoach.mannequin.render import Figure

    return Figure(
        truth.points_m[number],
        look,
        truth.person.build,
        hands=None if truth.hands_m is None else truth.hands_m[number],
        expression=None if truth.expression is None else truth.expression[number],
    )


def render_video(
    path: Path | str,
    truth: Truth,
    *,
    others: tuple[Truth, ...] = (),
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> Path:
    """Write a recording as a video file and return its path.

    `progress(done, total)` is called after every frame.
    """
    from dtwcoach.sources.video import open_writer

    target = Path(path)
    size = (truth.camera.width, truth.camera.height)
    with open_writer(target, fps=truth.camera.fps, size=size) as writer:
        for number, frame in enumerate(frames(truth, others=others, seed=seed)):
            writer.write(frame)
            if progress is not None:
                progress(number + 1, len(truth))
    return target


def contact_sheet(truth: Truth, *, columns: int = 8, rows: int = 3, seed: int = 0) -> Image:
    """Frames spread evenly over the recording, side by side in one BGR picture."""
    every = max(1, len(truth) // (columns * rows))
    tiles = list(frames(truth, every=every, seed=seed))[: columns * rows]
    blank = np.zeros_like(tiles[0])
    tiles += [blank] * (-len(tiles) % columns)
    return np.vstack(
        [np.hstack(tiles[start : start + columns]) for start in range(0, len(tiles), columns)]
    )
