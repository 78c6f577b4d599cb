import numpy as np
import pytest

from dtwcoach.errors import UsageError
from dtwcoach.mannequin.camera import Camera, framed

LEFT_HAND = np.array([0.5, 1.2, 0.0])
NOSE = np.array([0.0, 1.2, 0.2])


def test_the_front_view_shows_the_left_hand_on_the_right() -> None:
    camera = Camera(tilt_deg=0)
    x, y, depth = camera.project(LEFT_HAND)
    assert x == pytest.approx(320 + 0.5 * camera.focal_px / 3.2)
    assert (y, depth) == pytest.approx((240, 3.2))


def test_positive_yaw_goes_to_the_left_side() -> None:
    camera = Camera(yaw_deg=90, tilt_deg=0)
    assert camera.project(LEFT_HAND)[2] == pytest.approx(3.2 - 0.5)
    assert camera.project(NOSE)[0] < 320  # seen from its left, a person faces the left


@pytest.mark.parametrize("tilt_deg", [-20.0, 0.0, 25.0])
@pytest.mark.parametrize("yaw_deg", [-130.0, 0.0, 45.0, 90.0])
def test_camera_axes_are_right_handed_and_keep_lengths(yaw_deg: float, tilt_deg: float) -> None:
    camera = Camera(yaw_deg=yaw_deg, tilt_deg=tilt_deg, target=(0.4, -0.3))
    np.testing.assert_allclose(camera.axes @ camera.axes.T, np.eye(3), atol=1e-12)
    assert np.linalg.det(camera.axes) == pytest.approx(1)
    points = np.random.default_rng(4).normal(size=(5, 7, 3)) + [0, 1, 0]
    aligned = camera.to_camera(points)
    np.testing.assert_allclose(
        np.diff(aligned, axis=1) ** 2 @ np.ones(3),
        np.diff(points, axis=1) ** 2 @ np.ones(3),
    )
    np.testing.assert_allclose(camera.project(points)[..., 2], -aligned[..., 2])


def test_looking_down_lifts_the_picture() -> None:
    level, down = (Camera(tilt_deg=tilt).project(NOSE)[1] for tilt in (0, 10))
    assert down < level


def test_what_lies_behind_the_lens_has_no_pixel() -> None:
    assert np.isnan(Camera().project(np.array([0.0, 1.2, 5.0]))[:2]).all()


@pytest.mark.parametrize(("width", "height"), [(640, 480), (320, 240), (1280, 720), (480, 640)])
def test_framed_points_fill_the_picture_and_no_more(width: int, height: int) -> None:
    lying = np.random.default_rng(2).uniform([-0.3, 0, -0.9], [0.3, 0.4, 0.9], (200, 3))
    lying[0] = np.nan
    camera = framed(Camera(yaw_deg=70, width=width, height=height), lying, margin=0.1)
    pixels = camera.project(lying[1:])[:, :2] / (width, height)
    assert pixels.min() >= 0.1 - 1e-6
    assert pixels.max() <= 0.9 + 1e-6
    assert np.abs(pixels - 0.5).max() > 0.39


def test_framing_nothing_is_refused() -> None:
    with pytest.raises(UsageError, match="No point to frame"):
        framed(Camera(), np.full((4, 3), np.nan))


@pytest.mark.parametrize(
    "wrong",
    [
        {"width": 0},
        {"distance_m": -1.0},
        {"fps": float("nan")},
        {"light": 0.0},
        {"noise": -1.0},
    ],
)
def test_impossible_cameras_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(UsageError, match=next(iter(wrong))):
        Camera(**wrong)  # type: ignore[arg-type]  # wrong on purpose
