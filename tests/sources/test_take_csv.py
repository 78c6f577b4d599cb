from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from dtwcoach.errors import PoseDataError, SourceError, StorageError
from dtwcoach.pose import PoseSequence
from dtwcoach.sources.landmark_csv import COLUMNS, HANDS, read_landmark_csv
from dtwcoach.sources.take_csv import Take, append_takes, one_exercise, read_takes

BODY = [f"pose_{axis}{n}" for n in range(33) for axis in "xyzv"]


def rows(
    key: tuple[object, ...], *, frames: int = 4, cells: int = 132, seed: int = 1
) -> list[list[object]]:
    values = np.random.default_rng(seed).uniform(0.1, 0.9, (frames, cells))
    return [[*key, *row] for row in values.tolist()]


def write(path: Path, lines: list[list[object]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(lines)
    return path


def pose(
    frames: int = 5, *, hands: bool = True, fps: float = 30.0, size: tuple[int, int] = (640, 480)
) -> PoseSequence:
    rng = np.random.default_rng(3)
    seen = rng.uniform(10, 400, (frames, 42, 3)).reshape(frames, 2, 21, 3)
    image = rng.uniform(10, 400, (frames, 33, 3))
    confidence = rng.uniform(0.1, 1, (frames, 33))
    image[2, 5], confidence[2, 5] = np.nan, 0.0
    seen[1, 0] = np.nan
    return PoseSequence(
        time_s=np.arange(frames) / fps,
        image=image,
        world=np.full((frames, 33, 3), np.nan),
        confidence=confidence,
        frame_size=size,
        model="m",
        hands=seen if hands else None,
    )


@pytest.mark.parametrize("header", [True, False])
def test_hands_follow_the_body(tmp_path: Path, header: bool) -> None:
    lines = rows(("wave", 1, 7), cells=258)
    lines[2][135:198] = [0.0] * 63  # the left hand, not detected
    names: list[object] = ["class", "accuracy", "sequence", *BODY, *(f"h{n}" for n in range(126))]
    path = write(tmp_path / "a.csv", [*[names] * header, *lines])
    (take,) = read_takes(path, frame_size=(200, 100))
    assert (take.name, take.label, take.number) == ("wave", "right", "7")
    assert take.pose.hands is not None
    assert np.isnan(take.pose.hands[2, 0]).all()
    assert np.isfinite(take.pose.hands[2, 1]).all()
    first = np.array(lines[0][135:138], dtype=float) * (200, 100, 200)
    np.testing.assert_allclose(take.pose.hands[0, 0, 0], first)
    last = np.array(lines[3][-3:], dtype=float) * (200, 100, 200)
    np.testing.assert_allclose(take.pose.hands[3, 1, 20], last)


def test_hands_are_found_by_name_in_any_order(tmp_path: Path) -> None:
    lines = rows(("wave", 1, 7), cells=258)
    names = ["class", "accuracy", "sequence", *BODY, *HANDS]
    there = write(tmp_path / "a.csv", [list(names), *lines])
    back = write(tmp_path / "b.csv", [list(reversed(names)), *(row[::-1] for row in lines)])
    (one,), (other,) = read_takes(there), read_takes(back)
    assert one.pose.hands is not None
    assert other.pose.hands is not None
    np.testing.assert_array_equal(one.pose.hands, other.pose.hands)


def test_without_hands_there_are_none(tmp_path: Path) -> None:
    (take,) = read_takes(write(tmp_path / "a.csv", rows(("wave", 1, 7))))
    assert take.pose.hands is None


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ([("squat", 1, 1), ("squat", 0, 2)], [("squat", "right"), ("squat", "wrong")]),
        ([("squat", "1.0", 1), ("squat", "0.0", 1)], [("squat", "right"), ("squat", "wrong")]),
        ([("squat", "Right", 1), ("squat", "wrong", 1)], [("squat", "right"), ("squat", "wrong")]),
        ([("wave_R", "", 1), ("wave_W", "", 1)], [("wave", "right"), ("wave", "wrong")]),
        ([("wave_R", 1, 1), ("wave_W", 0, 1)], [("wave", "right"), ("wave", "wrong")]),
        # An arm's side is no label where the accuracy says otherwise.
        ([("curl_R", 1, 1), ("curl_R", 0, 1)], [("curl_R", "right"), ("curl_R", "wrong")]),
        ([("squat", "", 1)], [("squat", "")]),
    ],
)
def test_labels(
    tmp_path: Path, keys: list[tuple[object, ...]], expected: list[tuple[str, str]]
) -> None:
    path = write(tmp_path / "a.csv", [row for key in keys for row in rows(key)])
    assert [(take.name, take.label) for take in read_takes(path)] == expected


def test_label_columns(tmp_path: Path) -> None:
    lines: list[list[object]] = [["wave_R", "wave_W", "sequence", *BODY]]
    lines += rows((1, 0, 1)) + rows((0, 1, 2)) + rows((0, 1, 3))
    takes = read_takes(write(tmp_path / "a.csv", lines))
    assert [(take.name, take.label, take.number) for take in takes] == [
        ("wave", "right", "1"), ("wave", "wrong", "2"), ("wave", "wrong", "3"),
    ]  # fmt: skip


def test_frame_rate_and_mirror(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", rows(("wave", 1, 7)))
    (take,) = read_takes(path, fps=10.0, frame_size=(200, 100))
    (turned,) = read_takes(path, fps=10.0, frame_size=(200, 100), mirror=True)
    assert take.pose.fps == pytest.approx(10.0)
    np.testing.assert_allclose(turned.pose.image[:, 0, 0], 200 - take.pose.image[:, 0, 0])
    np.testing.assert_allclose(turned.pose.image[:, 11, 1], take.pose.image[:, 12, 1])


LANDMARK = ",0.5" * 132
BAD = [
    ("", "an empty file"),
    (" \n,,\n", "an empty file"),
    ("hello\n", "a header without class"),
    (",".join(COLUMNS) + "\n", "a header without rows"),
    ("wave,1,1" + ",0.5" * 131 + "\n", "134 columns without a header"),
    ("wave,1,1" + ",0.5" * 195 + "\n", "198 columns without a header"),
    (f"wave,1,1{LANDMARK}\nwave,1,1,0.5\n", "line 2: 4 cells; needed 135"),
    (f"wave,1,1{LANDMARK}\nwave,1,1,=cmd(){LANDMARK[4:]}\n", r"line 2: pose_x0 = '=cmd\(\)'"),
    (f"wave,maybe,1{LANDMARK}\n", "accuracy = 'maybe' arrived; needed 1"),
    (f"wave,0.93,1{LANDMARK}\n", "accuracy = '0.93' arrived"),
    (f"wave,nan,1{LANDMARK}\n", "accuracy = 'nan' arrived"),
    (
        "\n".join([",".join(COLUMNS), f"wave,1,1{LANDMARK}"] * 2),
        "line 3: the header again",
    ),
    (
        f"wave_R,wave_W,sequence,{','.join(BODY)}\n1,1,1{LANDMARK}\n",
        "wave_R = '1', wave_W = '1' arrived; needed 1 in exactly one",
    ),
    (f"wave,1,1,{'9' * 200_000}{LANDMARK[4:]}\n", "not readable as CSV: field larger"),
]


@pytest.mark.parametrize(("text", "message"), BAD)
def test_damaged_files(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(text)
    with pytest.raises(SourceError, match=message):
        read_takes(path)


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"\xff\xfe\x00w")
    with pytest.raises(SourceError, match="not readable as CSV"):
        read_takes(path)


def test_numbers_that_are_none_are_missing(tmp_path: Path) -> None:
    cells = ["nan", "0.5", "0.5", "0.9", "inf", "0.5", "0.5", "0.9", "", "0.5", "0.5", "0.9"]
    line = f"wave,1,1,{','.join(cells)}" + ",0.5" * 120
    (take,) = read_takes(write(tmp_path / "a.csv", [line.split(",")]))
    assert np.isnan(take.pose.image[0, :3]).all()
    assert (take.pose.confidence[0, :3] == 0).all()
    assert np.isfinite(take.pose.image[0, 3:]).all()


@pytest.mark.parametrize("hands", [True, False])
def test_written_takes_come_back(tmp_path: Path, hands: bool) -> None:
    path, source = tmp_path / "a.csv", pose(hands=hands)
    append_takes(path, [Take("wave", "right", "", source), Take("wave", "wrong", "", source)])
    append_takes(path, [Take("clap", "", "", source)])
    takes = read_takes(path, fps=30.0, frame_size=(640, 480))
    assert [(take.name, take.label, take.number) for take in takes] == [
        ("wave", "right", "1"), ("wave", "wrong", "2"), ("clap", "", "3"),
    ]  # fmt: skip
    for take in takes:
        np.testing.assert_allclose(take.pose.time_s, source.time_s)
        np.testing.assert_allclose(take.pose.image, source.image, atol=0.001)
        np.testing.assert_allclose(take.pose.confidence, source.confidence, atol=1e-6)
        if source.hands is None:
            assert take.pose.hands is None
        else:
            assert take.pose.hands is not None
            np.testing.assert_allclose(take.pose.hands, source.hands, atol=0.001)
    assert path.read_text().startswith("class,accuracy,sequence,pose_x0,pose_y0,pose_z0,pose_v0,")


def test_undetected_is_zero_and_depthless_points_stay(tmp_path: Path) -> None:
    flat = pose(hands=False)
    image = flat.image.copy()
    image[..., 2] = np.nan
    flat = PoseSequence(
        time_s=flat.time_s, image=image, world=flat.world, confidence=np.ones((5, 33)),
        frame_size=flat.frame_size, model="m",
    )  # fmt: skip
    append_takes(tmp_path / "a.csv", [Take("wave", "right", "", flat)])
    with (tmp_path / "a.csv").open() as file:
        lines = list(csv.reader(file))
    assert lines[3][3 + 4 * 5 : 3 + 4 * 6] == ["0.0"] * 4
    (take,) = read_takes(tmp_path / "a.csv", frame_size=(640, 480))
    np.testing.assert_allclose(take.pose.image[..., :2], flat.image[..., :2], atol=0.001)


def test_a_body_only_file_stays_one(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    append_takes(path, [Take("wave", "right", "", pose(hands=False))])
    append_takes(path, [Take("wave", "right", "", pose(hands=True))])
    assert all(take.pose.hands is None for take in read_takes(path))


def test_takes_are_written_at_a_steady_rate(tmp_path: Path) -> None:
    slow = pose(7, hands=False, fps=15.0)
    append_takes(tmp_path / "a.csv", [Take("wave", "right", "", slow)])
    (take,) = read_takes(tmp_path / "a.csv", frame_size=(640, 480))
    assert len(take.pose) == 13
    np.testing.assert_allclose(take.pose.image[::2, 0], slow.image[:, 0], atol=0.001)
    between = (slow.image[0, 0] + slow.image[1, 0]) / 2
    np.testing.assert_allclose(take.pose.image[1, 0], between, atol=0.001)


def test_names_cannot_run_in_a_spreadsheet(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    append_takes(path, [Take("=cmd()", "right", "", pose(hands=False))])
    assert path.read_text().splitlines()[1].startswith("'=cmd()")
    assert read_takes(path)[0].name == "=cmd()"


def test_what_is_not_ours_is_not_written_to(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", rows(("wave", 1, 7)))
    before = path.read_bytes()
    with pytest.raises(SourceError, match="a file with other columns"):
        append_takes(path, [Take("wave", "right", "", pose(hands=False))])
    assert path.read_bytes() == before


def test_writing_needs_the_pictures_size_and_a_folder(tmp_path: Path) -> None:
    with pytest.raises(PoseDataError, match="0 x 0 pixels"):
        append_takes(tmp_path / "a.csv", [Take("wave", "right", "", pose(size=(0, 0)))])
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError):
        append_takes(tmp_path / "file" / "a.csv", [Take("wave", "right", "", pose())])
    assert not (tmp_path / "a.csv").exists()


def test_the_takes_of_one_exercise() -> None:
    takes = [Take(name, "right", "1", pose()) for name in ("Wave", "clap", "wave")]
    assert len(one_exercise(takes, "wave", source="a.csv")) == 2
    assert [take.name for take in one_exercise(takes[:1], "hello", source="a.csv")] == ["hello"]
    with pytest.raises(SourceError, match="Wave, clap, wave arrived, none of squat"):
        one_exercise(takes, "squat", source="a.csv")


def test_one_sequence_is_read_as_a_pose_file_with_its_hands(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", rows(("wave", 1, 7), cells=258))
    ((_, _, _, found),) = read_landmark_csv(path)
    assert found.hands is not None
    assert found.hands.shape == (4, 2, 21, 3)
