from dataclasses import replace

import numpy as np
import pytest

from dtwcoach.errors import PoseDataError
from dtwcoach.mannequin.body import PLACES
from dtwcoach.mannequin.camera import Camera
from dtwcoach.mannequin.kinematics import (
    POINTS,
    complete,
    place_leg,
    stacked,
    upper_body,
)
from dtwcoach.mannequin.look import STYLES, Look
from dtwcoach.mannequin.person import Person
from dtwcoach.mannequin.props import PROPS
from dtwcoach.mannequin.render import Figure, Renderer, soften
from dtwcoach.pose import FloatArray

STILL = Camera(noise=0.0)


def posture(**angles: float) -> FloatArray:
    """Points (frame 0) of an average person who stands on the floor with these angles."""
    person = Person.average()
    channels = complete({name: np.array([value]) for name, value in angles.items()}, frames=1)
    parts = upper_body(person, channels)
    for side in ("left", "right"):
        place_leg(person, channels, parts, side)
    points: FloatArray = stacked(parts)[0]
    points[:, 1] -= points[:, 1].min() - 0.03
    return points


def figure(points: FloatArray | None = None, look: Look | None = None) -> Figure:
    return Figure(posture() if points is None else points, look or Look(), Person.average().build)


def draw(camera: Camera, *people: Figure, seed: int = 0) -> FloatArray:
    frame = Renderer(camera, seed=seed).frame(people, np.random.default_rng(1))
    assert frame.shape == (camera.height, camera.width, 3)
    assert frame.dtype == np.uint8
    return frame.astype(float)


def test_points_have_the_order_of_the_kinematics() -> None:
    assert tuple(PLACES) == POINTS


@pytest.mark.parametrize("size", [(320, 240), (640, 480), (1280, 720)])
@pytest.mark.parametrize("yaw_deg", [0.0, 45.0, 90.0, 180.0])
def test_every_limb_is_drawn_where_the_camera_sees_it(
    yaw_deg: float, size: tuple[int, int]
) -> None:
    camera = replace(STILL, yaw_deg=yaw_deg, width=size[0], height=size[1])
    points = posture(left_shoulder_abduction=60, right_shoulder_abduction=60)
    change = np.abs(draw(camera, figure(points)) - draw(camera)).max(axis=2)
    pixels = camera.project(points)[:, :2]
    for a, b in (
        ("shoulder", "elbow"),
        ("elbow", "wrist"),
        ("hip", "knee"),
        ("knee", "ankle"),
        ("heel", "toe"),
    ):
        for side in ("left", "right"):
            x, y = (pixels[PLACES[f"{side}_{a}"]] + pixels[PLACES[f"{side}_{b}"]]) / 2
            assert change[int(y), int(x)] > 20, (side, a, b)
    top, left = (
        int(pixels[:, 1].min() - 0.1 * size[1]),
        int(pixels[:, 0].min() - 0.1 * size[1]),
    )
    assert not change[:top].any()
    assert not change[:, :left].any()


def test_the_head_has_a_face_in_front_and_hair_behind() -> None:
    look = Look(skin=(240, 200, 180), hair=(30, 20, 20))
    place = PLACES["head"]
    shown = {}
    for yaw_deg in (0.0, 180.0):
        camera = replace(STILL, yaw_deg=yaw_deg, distance_m=2.0, tilt_deg=-5.0)
        x, y, _ = camera.project(posture()[place])
        shown[yaw_deg] = draw(camera, figure(look=look))[int(y) - 2, int(x)].mean()
    assert shown[0.0] > 130
    assert shown[180.0] < 60


def test_the_near_arm_hides_the_trunk_and_the_trunk_the_far_arm() -> None:
    look = Look(skin=(240, 200, 180), shirt=(20, 20, 200))
    angles = {"left_elbow_flexion": 0.0, "right_elbow_flexion": 0.0}
    points = posture(**angles, left_shoulder_abduction=2, right_shoulder_abduction=2)
    for yaw_deg, near in ((90.0, "left"), (-90.0, "right")):
        camera = replace(STILL, yaw_deg=yaw_deg)
        frame = draw(camera, figure(points, look))
        elbow = camera.project(points[PLACES[f"{near}_elbow"]])
        blue, _, red = frame[int(elbow[1]), int(elbow[0])]
        assert red > blue
    hidden = points.copy()
    for name in ("elbow", "wrist", "index", "pinky", "thumb"):
        hidden[PLACES[f"right_{name}"]] = points[PLACES["right_shoulder"]]
    camera = replace(STILL, yaw_deg=90.0)
    chest = camera.project(points[PLACES["chest"]])
    window = np.s_[int(chest[1]) : int(chest[1]) + 20, int(chest[0]) - 5 : int(chest[0]) + 5]
    np.testing.assert_array_equal(
        draw(camera, figure(points, look))[window],
        draw(camera, figure(hidden, look))[window],
    )


def test_the_nearer_person_is_in_front_whatever_the_order() -> None:
    front = figure(posture() + [0.1, 0, 0.6], Look(shirt=(210, 20, 20)))
    back = figure(posture() + [-0.1, 0, -0.6], Look(shirt=(20, 20, 210)))
    one, other = draw(STILL, front, back), draw(STILL, back, front)
    assert np.abs(one - other).max() <= 1  # shadows multiply in another order
    x, y, _ = STILL.project(front.points[PLACES["chest"]])
    blue, _, red = one[int(y), int(x)]
    assert red > 2 * blue


def test_the_same_seed_gives_the_same_picture_and_noise_has_its_size() -> None:
    camera = Camera(noise=4.0, blur_px=0.0)
    renderer = Renderer(camera, seed=5)
    frames = [renderer.frame([figure()], np.random.default_rng(seed)) for seed in (8, 8, 9)]
    np.testing.assert_array_equal(frames[0], frames[1])
    assert (frames[0] != frames[2]).any()
    clean = draw(replace(camera, noise=0.0), figure(), seed=5)
    # Beside the person as well as on the person; not where black or white cuts it off.
    error = (frames[0] - clean)[(clean > 15) & (clean < 240)]
    assert error.std() == pytest.approx(4.0, rel=0.1)
    assert abs(error.mean()) < 0.2


def test_a_dark_room_is_darker_everywhere() -> None:
    bright, dark = draw(STILL, figure()), draw(replace(STILL, light=0.4), figure())
    np.testing.assert_allclose(dark, bright * 0.4, atol=1.5)


def test_blur_keeps_the_mean_and_widens_a_line_as_a_gaussian_would() -> None:
    planes = np.zeros((3, 41, 41), dtype=np.float32)
    planes[:, 20, 20] = 1.0
    soften(planes, 1.5)
    weights = planes[0].sum(axis=0)
    assert weights.sum() == pytest.approx(1, abs=1e-5)
    assert (weights * (np.arange(41) - 20.0) ** 2).sum() == pytest.approx(1.5**2, rel=1e-3)


@pytest.mark.parametrize("place", [(9.0, 0.0), (0.0, 3.0), (0.0, 3.6), (0.0, 9.0), (2.1, 0.0)])
def test_people_beside_the_picture_or_the_lens_do_no_harm(
    place: tuple[float, float],
) -> None:
    draw(STILL, figure(posture() + [place[0], 0, place[1]]))


def test_a_limb_that_points_at_the_lens_is_drawn() -> None:
    points = posture(left_shoulder_flexion=90, left_elbow_flexion=0)
    wrist = STILL.project(points[PLACES["left_wrist"]])[:2]
    change = np.abs(draw(STILL, figure(points)) - draw(STILL)).max(axis=2)
    assert change[int(wrist[1]), int(wrist[0])] > 20


@pytest.mark.parametrize("kind", PROPS)
@pytest.mark.parametrize("yaw_deg", [0.0, 90.0])
def test_things_are_drawn_with_the_person(kind: str, yaw_deg: float) -> None:
    camera = replace(STILL, yaw_deg=yaw_deg)
    person = figure(posture(left_elbow_flexion=90, right_elbow_flexion=90))
    equipped = replace(person, props=PROPS[kind](person.points))
    change = np.abs(draw(camera, equipped) - draw(camera, person)).max(axis=2) > 20
    place = {"dumbbells": "left_index", "stool": "pelvis"}[kind]
    x, y, depth = camera.project(person.points[PLACES[place]])
    rows, columns = np.nonzero(change)
    metres = np.hypot(columns - x, rows - y) * depth / camera.focal_px
    assert change.sum() > 50
    assert np.quantile(metres, 0.2) < {"dumbbells": 0.15, "stool": 0.35}[kind]
    assert metres.max() < 1.1


@pytest.mark.parametrize("style", STYLES)
def test_every_hair_style_is_another_picture(style: str) -> None:
    camera = replace(STILL, yaw_deg=130.0, distance_m=1.6, height_m=1.5)
    plain = draw(camera, figure(look=Look(hair_style="bald")))
    other = draw(camera, figure(look=Look(hair_style=style)))  # type: ignore[arg-type]
    assert (np.abs(plain - other) > 10).any() == (style != "bald")


def test_looks_vary_and_stand_out() -> None:
    looks = [Look.from_seed(seed) for seed in range(60)]
    assert len({look.shirt for look in looks}) > 20
    assert {look.sleeve for look in looks} == {"short", "long"}
    for look in looks:
        assert np.linalg.norm(np.subtract(look.shirt, look.trousers)) > 30


def test_figures_with_missing_points_are_refused() -> None:
    broken = posture()
    broken[3] = np.nan
    with pytest.raises(PoseDataError, match="37 finite points"):
        figure(broken)
    with pytest.raises(PoseDataError, match=r"\(33, 3\)"):
        figure(posture()[:33])


@pytest.mark.parametrize("yaw_deg", [0.0, 45.0, 90.0])
def test_the_pose_model_finds_the_joints(yaw_deg: float) -> None:
    from mediapipe.python.solutions.pose import Pose  # type: ignore[import-untyped]

    camera = Camera(yaw_deg=yaw_deg)
    renderer, rng = Renderer(camera, seed=1), np.random.default_rng(1)
    errors = []
    with Pose(model_complexity=1) as pose:
        for bend in np.linspace(0, 1, 8):
            points = posture(
                **{
                    f"{side}_{joint}_flexion": angle * bend
                    for side in ("left", "right")
                    for joint, angle in (("hip", 70.0), ("knee", 80.0), ("elbow", 70.0))
                },
                trunk_pitch=20 * bend,
            )
            frame = renderer.frame([figure(points, Look.from_seed(3))], rng)
            found = pose.process(np.ascontiguousarray(frame[..., ::-1])).pose_landmarks
            assert found is not None
            truth = camera.project(points)
            height_px = 1.75 * camera.focal_px / truth[PLACES["pelvis"], 2]
            for joint in ("shoulder", "elbow", "wrist", "hip", "knee", "ankle"):
                for side in ("left", "right"):
                    place = PLACES[f"{side}_{joint}"]
                    mark = found.landmark[place]
                    seen = np.array([mark.x * camera.width, mark.y * camera.height])
                    errors.append(np.linalg.norm(seen - truth[place, :2]) / height_px)
    assert np.median(errors) < 0.02
    assert np.quantile(errors, 0.9) < 0.05
