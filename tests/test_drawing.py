"""Skeletons, signs and captions: where the pixels are, and that nothing crashes."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from dtwcoach import drawing
from dtwcoach.pose import INDEX, KEYPOINTS

BLUE = (178, 114, 0)
VERMILLION = (0, 94, 213)
WHITE = (255, 255, 255)
PLACES = {
    "nose": (320, 70),
    "left_ear": (330, 68),
    "right_ear": (310, 68),
    "left_shoulder": (350, 120),
    "right_shoulder": (290, 120),
    "left_elbow": (380, 190),
    "right_elbow": (260, 190),
    "left_wrist": (400, 250),
    "right_wrist": (240, 250),
    "left_hip": (340, 250),
    "right_hip": (300, 250),
    "left_knee": (350, 340),
    "right_knee": (290, 340),
    "left_ankle": (350, 430),
    "right_ankle": (290, 430),
}


def somebody() -> np.ndarray:
    """A person facing the camera in a 640 x 480 picture, (keypoint, 2)."""
    points = np.full((len(KEYPOINTS), 2), np.nan)
    for name, place in PLACES.items():
        points[INDEX[name]] = place
    return points


def drawn(
    points: np.ndarray, *off: str, size: tuple[int, int] = (480, 640), background: int = 0
) -> np.ndarray:
    picture = np.full((*size, 3), background, np.uint8)
    mask = np.zeros(len(KEYPOINTS), dtype=bool)
    mask[[INDEX[name] for name in off]] = True
    drawing.draw_skeleton(picture, points, off=mask)
    return picture


def colour(picture: np.ndarray, place: tuple[int, int]) -> tuple[int, ...]:
    return tuple(int(part) for part in picture[place[1], place[0]])


def count(picture: np.ndarray, wanted: tuple[int, int, int]) -> int:
    return int((picture == wanted).all(axis=-1).sum())


def test_a_joint_that_is_off_has_another_colour_and_a_ring() -> None:
    picture = drawn(somebody(), "left_knee")
    assert colour(picture, PLACES["left_knee"]) == VERMILLION
    assert colour(picture, PLACES["right_knee"]) == BLUE
    x, y = PLACES["left_knee"]
    beside = [colour(picture, (x + distance, y)) for distance in range(7, 13)]
    assert VERMILLION in beside  # the ring, across the background
    x, y = PLACES["right_knee"]
    assert VERMILLION not in [colour(picture, (x + distance, y)) for distance in range(-12, 13)]


def test_a_ring_tells_also_without_colour() -> None:
    points = somebody()
    plain, ringed = (drawn(points, *off)[..., 1] > 60 for off in ((), ("left_knee",)))
    around = slice(325, 356), slice(335, 366)
    assert ringed[around].sum() > plain[around].sum() + 100
    ringed[around] = plain[around]
    assert (ringed == plain).all()


def test_a_bone_between_two_joints_that_are_off_is_coloured() -> None:
    middle = (390, 220)  # of the left forearm
    assert colour(drawn(somebody(), "left_elbow", "left_wrist"), middle) == VERMILLION
    assert colour(drawn(somebody(), "left_elbow"), middle) == BLUE


@pytest.mark.parametrize("background", [(0, 0, 0), WHITE, BLUE, VERMILLION])
def test_the_skeleton_stands_out_from_any_background(background: tuple[int, int, int]) -> None:
    picture = np.full((480, 640, 3), background, np.uint8)
    drawing.draw_skeleton(picture, somebody())
    assert (picture != background).any(axis=-1).sum() > 1500


def test_what_was_not_seen_is_not_drawn() -> None:
    points = somebody()
    points[INDEX["left_knee"]] = np.nan
    picture = drawn(points, "left_knee")
    assert count(picture, VERMILLION) == 0
    assert colour(picture, (350, 400)) == (0, 0, 0)  # the shin has lost its upper end
    assert not drawn(np.full((len(KEYPOINTS), 2), np.nan)).any()


def test_keypoints_far_outside_the_picture_do_no_harm() -> None:
    points = somebody()
    points[INDEX["left_wrist"]] = 1e30, -1e30
    points[INDEX["right_wrist"]] = -900, 100
    picture = drawn(points)
    assert colour(picture, PLACES["left_knee"]) == BLUE
    assert colour(picture, (380, 190)) == BLUE


def test_bones_grow_with_the_picture() -> None:
    small = drawn(somebody() / 2, size=(240, 320))
    large = drawn(somebody() * 2, size=(960, 1280))
    row = {240: 148, 960: 590}  # halfway down the thighs
    widths = [count(one[row[len(one)]][None], BLUE) for one in (small, large)]
    assert widths[1] >= 2.5 * widths[0] > 0


@pytest.mark.parametrize(
    ("yaw_deg", "left_hand", "front_hand"),
    [(0, (150, 80), (100, 80)), (90, (100, 80), (50, 80)), (180, (50, 80), (100, 80))],
)
def test_a_body_is_seen_from_the_side_asked_for(
    yaw_deg: float, left_hand: tuple[int, int], front_hand: tuple[int, int]
) -> None:
    body = np.array([(1.0, 0.4, 0.0), (0.0, 0.4, 1.0)])
    seen = drawing.figure_points(body, yaw_deg=yaw_deg, torso_px=50, at=np.array((100, 100)))
    np.testing.assert_allclose(seen, [left_hand, front_hand], atol=1e-9)


def test_signs_differ_without_their_colours() -> None:
    pictures = []
    for sign in ("tick", "cross", "question"):
        picture = np.zeros((60, 60, 3), np.uint8)
        drawing.draw_sign(picture, sign, at=(30, 30), radius_px=25, colour=(90, 90, 90))
        assert 100 < count(picture, WHITE) < 900
        pictures.append(picture)
    for one, other in ((0, 1), (0, 2), (1, 2)):
        assert (pictures[one] != pictures[other]).any(axis=-1).sum() > 200


def test_a_text_is_as_wide_as_asked_and_as_high_as_its_lines() -> None:
    short = drawing.text_picture("Go deeper", size_px=20, width_px=300, lines=2)
    long = drawing.text_picture("Go deeper, " * 3, size_px=20, width_px=200, lines=2)
    assert short.shape == (25, 300, 3)
    assert long.shape == (50, 200, 3)
    assert count(short, WHITE) > 30
    assert (short[:, 200:] == (40, 35, 31)).all()  # nothing but background


def test_a_text_that_does_not_fit_is_set_smaller_then_cut() -> None:
    def ink_rows(text: str) -> int:
        picture = drawing.text_picture(text, size_px=40, width_px=200)
        assert picture.shape == (50, 200, 3)
        return int((picture[..., 1] > 128).any(axis=1).sum())

    assert ink_rows("Knee height") < ink_rows("Kneeg")
    assert ink_rows("Knee height " * 40) >= 10
    assert ink_rows("Kneeheight" * 40) >= 10


def test_a_text_is_drawn_once_and_cannot_be_changed_by_mistake() -> None:
    first = drawing.text_picture("Once", size_px=20, width_px=90)
    assert drawing.text_picture("Once", size_px=20, width_px=90) is first
    with pytest.raises(ValueError, match="read-only"):
        first[0, 0] = 0


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "\x00\n\t\r\x1b[31m",
        "膝盖再弯一点",
        "עמוק יותר",
        "\U0001f3cb\ud800",
        "A\u0301" * 300,
        "x" * 100_000,
        "<b>&amp;",
    ],
)
@pytest.mark.parametrize("width_px", [1, 120])
def test_any_text_can_be_drawn(text: str, width_px: int) -> None:
    assert drawing.text_picture(text, size_px=12, width_px=width_px, lines=2).shape[1] == width_px


def test_accents_are_dropped_rather_than_the_letters() -> None:
    with_accents = drawing.text_picture("Élève", size_px=20, width_px=90)
    without = drawing.text_picture("Eleve", size_px=20, width_px=90)
    assert (with_accents == without).all()


def test_pasting_stops_at_the_edge() -> None:
    picture = np.zeros((20, 20, 3), np.uint8)
    drawing.paste(picture, np.full((10, 10, 3), 9, np.uint8), left=15, top=12)
    assert picture.sum() == 9 * 3 * 5 * 8


def test_a_still_is_scaled_down_never_up() -> None:
    picture = np.zeros((600, 300, 3), np.uint8)
    assert drawing.scaled_down(picture, most_width=200, most_height=480).shape == (400, 200, 3)
    assert drawing.scaled_down(picture, most_width=900, most_height=900).shape == (600, 300, 3)


def test_jpegs_keep_to_their_size_as_far_as_they_can() -> None:
    noise = np.random.default_rng(1).integers(0, 255, (200, 300, 3), dtype=np.uint8)
    grey = np.full((200, 300, 3), 90, np.uint8)
    fine, coarse = (drawing.jpeg(noise, most_bytes=most) for most in (10**6, 42_000))
    assert len(coarse) <= 42_000 < len(fine)
    assert len(drawing.jpeg(grey, most_bytes=10_000)) < 3000
    hopeless = drawing.jpeg(noise, most_bytes=10)
    decoded = cv2.imdecode(np.frombuffer(hopeless, np.uint8), cv2.IMREAD_COLOR)
    assert decoded.shape == (200, 300, 3)
