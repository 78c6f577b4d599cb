"""Rows of (input, expected, error) for every pose file format."""

import csv
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dtwcoach.errors import SourceError, StorageError
from dtwcoach.pose import INDEX, KEYPOINTS, FloatArray, PoseSequence, mirrored
from dtwcoach.sources import parquet
from dtwcoach.sources.keypoints import BODY_25, COCO_17, COCO_18, detection
from dtwcoach.sources.landmark_csv import COLUMNS, read_landmark_csv
from dtwcoach.sources.parquet import read_pose, write_pose
from dtwcoach.sources.pose_files import READERS, is_pose_file, read_pose_file

FRAMES = 12


def walker(seed: int, *, x: float = 300.0, size: float = 100.0, moves: float = 10.0) -> FloatArray:
    """(time, 33, 3) x, y and score of a body of random smooth movement around `x`."""
    rng = np.random.default_rng(seed)
    shape = rng.uniform(-1, 1, (len(KEYPOINTS), 2)) * size
    phase = rng.uniform(0, 6, (len(KEYPOINTS), 2))
    time = np.arange(FRAMES)[:, None, None]
    place = np.array([x, 250.0]) + shape + moves * np.sin(0.4 * time + phase)
    return np.concatenate([place, np.full((FRAMES, len(KEYPOINTS), 1), 0.9)], axis=2)


def in_layout(person: FloatArray, layout: tuple[str, ...]) -> list[float]:
    """One frame of a `walker` as an estimator would write it."""
    rows = [person[INDEX[name]] if name else (1.0, 2.0, 0.5) for name in layout]
    return [float(value) for row in rows for value in row]


def write_openpose(
    folder: Path,
    people: list[FloatArray],
    layout: tuple[str, ...],
    name: Callable[[int], str] = "clip_{:012d}_keypoints.json".format,
) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for frame in range(FRAMES):
        rows = [{"pose_keypoints_2d": in_layout(person[frame], layout)} for person in people]
        (folder / name(frame)).write_text(json.dumps({"version": 1.3, "people": rows}))
    return folder


def write_rows(path: Path, rows: Sequence[Sequence[object]]) -> Path:
    with path.open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def landmark_rows(seed: int, *key: object) -> list[list[object]]:
    values = np.random.default_rng(seed).uniform(0.1, 0.9, (FRAMES, 33 * 4))
    return [[*key, *row] for row in values.tolist()]


def names_of(layout: tuple[str, ...]) -> list[int]:
    return [INDEX[name] for name in layout if name]


@pytest.mark.parametrize(
    ("layout", "model"), [(BODY_25, "openpose/BODY_25"), (COCO_18, "openpose/COCO-18")]
)
def test_openpose_layouts(tmp_path: Path, layout: tuple[str, ...], model: str) -> None:
    person = walker(1)
    pose = read_pose_file(write_openpose(tmp_path / "clip", [person], layout))
    places = names_of(layout)
    others = [n for n in range(33) if n not in places]
    assert pose.model == model
    assert pose.fps == pytest.approx(30.0)
    np.testing.assert_allclose(pose.image[:, places, :2], person[:, places, :2])
    np.testing.assert_allclose(pose.confidence[:, places], 0.9)
    assert np.isnan(pose.image[:, others]).all()
    assert np.isnan(pose.image[..., 2]).all()
    assert not pose.has_depth
    assert (pose.confidence[:, others] == 0).all()
    assert "30 fps assumed" in pose.notes[0]


def test_openpose_frames_go_by_number_not_by_name(tmp_path: Path) -> None:
    person = walker(1)
    folder = write_openpose(tmp_path / "clip", [person], BODY_25, "clip_{}.json".format)
    (folder / "clip_3.json").unlink()
    pose = read_pose_file(folder, fps=10.0)
    kept = [n for n in range(FRAMES) if n != 3]
    np.testing.assert_allclose(pose.time_s, np.array(kept) / 10)
    np.testing.assert_allclose(pose.image[:, 0, :2], person[kept, 0, :2])
    assert pose.notes == ()


def test_zeros_are_missing() -> None:
    values = np.array(in_layout(walker(1)[0], COCO_17)).reshape(17, 3)
    values[0] = (0.0, 0.0, 0.7)
    values[1, 2] = 0.0
    values[2] = (0.0, 5.0, 3.0)
    found = detection(values, COCO_17)
    assert np.isnan(found[INDEX["nose"], :2]).all()
    assert np.isnan(found[INDEX["left_eye"], :2]).all()
    assert found[INDEX["nose"], 2] == found[INDEX["left_eye"], 2] == 0
    assert found[INDEX["right_eye"]].tolist() == [0.0, 5.0, 1.0]


@pytest.mark.parametrize("swap", [False, True])
def test_the_athlete_is_followed_among_others(tmp_path: Path, swap: bool) -> None:
    athlete, child = walker(1, x=200), walker(2, x=900, size=30, moves=2)
    folder = write_openpose(tmp_path / "clip", [athlete, child], BODY_25)
    for frame in range(1, FRAMES, 2) if swap else ():
        path = folder / f"clip_{frame:012d}_keypoints.json"
        document = json.loads(path.read_text())
        document["people"].reverse()
        path.write_text(json.dumps(document))
    pose = read_pose_file(folder)
    places = names_of(BODY_25)
    np.testing.assert_allclose(pose.image[:, places, :2], athlete[:, places, :2])
    assert (pose.people == 2).all()
    assert "2 people" in pose.notes[-1]


def test_nobody_is_an_empty_pose(tmp_path: Path) -> None:
    pose = read_pose_file(write_openpose(tmp_path / "clip", [], BODY_25))
    assert len(pose) == FRAMES
    assert np.isnan(pose.image).all()
    assert (pose.people == 0).all()


def test_one_broken_frame_is_skipped_and_noted(tmp_path: Path) -> None:
    folder = write_openpose(tmp_path / "clip", [walker(1)], BODY_25)
    (folder / "clip_000000000004_keypoints.json").write_text('{"people": [')
    pose = read_pose_file(folder)
    assert np.isnan(pose.image[4]).all()
    assert np.isfinite(pose.image[5, 0, :2]).all()
    assert "1 unreadable files skipped" in pose.notes[-1]


def coco_results(person: FloatArray, first: int = 5) -> list[dict[str, Any]]:
    return [
        {"image_id": first + n, "category_id": 1, "keypoints": in_layout(frame, COCO_17)}
        for n, frame in enumerate(person)
    ]


def test_coco_results(tmp_path: Path) -> None:
    person = walker(1)
    path = tmp_path / "results.json"
    rows = coco_results(person)
    rows.append({"image_id": 5, "category_id": 18, "keypoints": []})
    path.write_text(json.dumps(rows[::-1]))
    pose = read_pose_file(path, fps=25.0, frame_size=(640, 480))
    places = names_of(COCO_17)
    np.testing.assert_allclose(pose.image[:, places, :2], person[:, places, :2])
    np.testing.assert_allclose(pose.time_s, np.arange(FRAMES) / 25)
    assert (pose.model, pose.frame_size, pose.has_depth) == ("coco-17", (640, 480), False)


def test_coco_annotations_with_images(tmp_path: Path) -> None:
    rows = coco_results(walker(1))
    for row in rows:
        row["keypoints"] = [2 if n % 3 == 2 else v for n, v in enumerate(row["keypoints"])]
    rows[0]["keypoints"][2] = 1
    images = [{"id": 4 + n, "width": 640, "height": 480} for n in range(FRAMES + 1)]
    path = tmp_path / "annotations.json"
    path.write_text(json.dumps({"images": images, "annotations": rows}))
    pose = read_pose_file(path)
    assert pose.frame_size == (640, 480)
    assert len(pose) == FRAMES + 1
    assert pose.people[0] == 0
    assert pose.confidence[1, INDEX["nose"]] == 0.5
    assert pose.confidence[2, INDEX["nose"]] == 1.0


def test_coco_file_names_as_ids(tmp_path: Path) -> None:
    rows = coco_results(walker(1))
    for row in rows:
        row["image_id"] = f"clip2_{row['image_id']}.jpg"
    path = tmp_path / "results.json"
    path.write_text(json.dumps(rows))
    assert read_pose_file(path).fps == pytest.approx(30.0)


@pytest.mark.parametrize("header", [True, False])
def test_landmark_csv(tmp_path: Path, header: bool) -> None:
    rows = landmark_rows(1, "squat", "1", "7")
    rows[2][3:7] = [0.0, 0.0, 0.0, 0.0]
    path = write_rows(tmp_path / "a.csv", [*[COLUMNS] * header, *rows])
    ((name, accuracy, sequence, pose),) = read_landmark_csv(path, frame_size=(200, 100))
    assert (name, accuracy, sequence) == ("squat", "1", "7")
    data = np.array([row[3:] for row in rows], dtype=float).reshape(FRAMES, 33, 4)
    expected = data[..., :3] * (200, 100, 200)
    expected[2, 0] = np.nan
    np.testing.assert_allclose(pose.image, expected)
    assert pose.confidence[2, 0] == 0
    np.testing.assert_allclose(pose.confidence[3:], data[3:, :, 3])
    assert pose.model == "mediapipe/landmarks-csv"
    assert not pose.has_depth


def test_landmark_csv_columns_in_any_order_and_a_note_of_the_size(tmp_path: Path) -> None:
    rows: list[list[object]] = [["extra", *reversed(COLUMNS)]]
    rows += [[1, *reversed(row)] for row in landmark_rows(1, "squat", "1", "7")]
    path = write_rows(tmp_path / "a.csv", rows)
    plain = write_rows(tmp_path / "b.csv", landmark_rows(1, "squat", "1", "7"))
    pose = read_pose_file(path)
    np.testing.assert_array_equal(pose.image, read_pose_file(plain).image)
    assert pose.frame_size == (1000, 1000)
    assert "1000 x 1000" in pose.notes[-1]


def test_several_sequences(tmp_path: Path) -> None:
    rows = landmark_rows(1, "squat", "1", "1") + landmark_rows(2, "squat", "0", "2")
    path = write_rows(tmp_path / "a.csv", rows)
    found = read_landmark_csv(path)
    assert [row[:3] for row in found] == [("squat", "1", "1"), ("squat", "0", "2")]
    assert [len(row[3]) for row in found] == [FRAMES, FRAMES]
    with pytest.raises(SourceError, match=r"2 sequences \(squat 1 1 \(12 frames\); squat 0 2"):
        read_pose_file(path)


@pytest.fixture
def pose() -> PoseSequence:
    rng = np.random.default_rng(3)
    image, world = rng.normal(size=(2, FRAMES, 33, 3))
    image[4], world[:, 5], image[..., 2] = np.nan, np.nan, np.nan
    return PoseSequence(
        time_s=np.cumsum(rng.uniform(0.01, 0.1, FRAMES)),
        image=image,
        world=world,
        confidence=rng.uniform(0, 1, (FRAMES, 33)),
        presence=rng.uniform(0, 1, (FRAMES, 33)),
        people=rng.integers(0, 3, FRAMES),
        frame_size=(641, 479),
        model="model <ü>",
        notes=("one", "zwei ü"),
    )


@pytest.mark.parametrize("frames", [slice(None), slice(0, 1), slice(0, 0)])
def test_parquet_is_exact(tmp_path: Path, pose: PoseSequence, frames: slice) -> None:
    part = pose.slice(*frames.indices(len(pose))[:2])
    write_pose(tmp_path / "ü.parquet", part)
    again = read_pose_file(tmp_path / "ü.parquet")
    for name in ("time_s", "image", "world", "confidence", "presence", "people"):
        np.testing.assert_array_equal(getattr(again, name), getattr(part, name))
        assert getattr(again, name).dtype == getattr(part, name).dtype
    for name in ("frame_size", "model", "notes"):
        assert getattr(again, name) == getattr(part, name)


def test_parquet_opens_elsewhere(tmp_path: Path, pose: PoseSequence) -> None:
    import pandas as pd

    write_pose(tmp_path / "a.parquet", pose)
    table = pd.read_parquet(tmp_path / "a.parquet")
    np.testing.assert_array_equal(table["left_knee_world_y"], pose.world[:, INDEX["left_knee"], 1])


def test_parquet_flipped_bits_are_found(tmp_path: Path, pose: PoseSequence) -> None:
    path = tmp_path / "a.parquet"
    write_pose(path, pose)
    whole = path.read_bytes()
    for place in range(0, len(whole), len(whole) // 40):
        data = bytearray(whole)
        data[place] ^= 8
        path.write_bytes(data)
        try:
            again = read_pose(path)
        except SourceError as error:
            assert "a.parquet" in str(error)
        else:
            np.testing.assert_array_equal(again.image, pose.image)
            np.testing.assert_array_equal(again.time_s, pose.time_s)


def test_parquet_of_a_newer_program(
    tmp_path: Path, pose: PoseSequence, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet, "SCHEMA_VERSION", 99)
    write_pose(tmp_path / "a.parquet", pose)
    monkeypatch.undo()
    with pytest.raises(SourceError, match="newer dtwcoach"):
        read_pose(tmp_path / "a.parquet")


def test_parquet_that_cannot_be_written(tmp_path: Path, pose: PoseSequence) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError):
        write_pose(tmp_path / "file" / "a.parquet", pose)


def test_mirrored_swaps_labels_and_x(tmp_path: Path, pose: PoseSequence) -> None:
    write_pose(tmp_path / "a.parquet", pose)
    again = read_pose_file(tmp_path / "a.parquet", mirrored=True)
    np.testing.assert_array_equal(again.image, mirrored(pose).image)
    np.testing.assert_array_equal(again.world, mirrored(pose).world)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.csv", True), ("A.CSV", True), ("a.json", True), ("a.parquet", True),
        ("a.mp4", False), ("a", False), (".", False),
    ],
)  # fmt: skip
def test_is_pose_file(tmp_path: Path, name: str, expected: bool) -> None:
    assert is_pose_file(tmp_path / name) is expected


def one_frame(*rows: object) -> str:
    return json.dumps({"people": [{"pose_keypoints_2d": row} for row in rows]})


BAD_FILES: list[tuple[str, str, str]] = [
    # file, content, message
    ("a.mp4", "x", "no known pose file.*class,accuracy,sequence.*image_id"),
    ("a.csv", "", "an empty file arrived; needed 135 columns: class,accuracy"),
    ("a.csv", "class,x1,y1\n", r"a header without sequence \(class,x1,y1,\.\.\.\) arrived"),
    ("a.csv", "1,2,3\n", "3 columns without a header arrived; needed 135"),
    ("a.csv", ",".join(COLUMNS), "a header without rows"),
    ("a.csv", ",".join(COLUMNS) + "\n1,2,3\n", "line 2: 3 cells; needed 135"),
    ("a.csv", "a,b,c," + "0.5," * 131 + "0.5\na,b,c,0.5,x," + "0.5," * 129 + "0.5",
     "line 2: pose_y0 = 'x' arrived; needed a number"),
    ("a.csv", "a\0b\n", "arrived|not readable"),
    ("a.json", "{", "not readable as JSON"),
    ("a.json", "[" * 100_000, "not readable as JSON"),
    ("a.json", "3", "int arrived; needed a list of"),
    ("a.json", one_frame([0.0] * 75), "the keys people arrived; needed a list of"),
    ("a.json", "[]", "no frames arrived"),
    ("a.json", '[{"image_id": 1, "keypoints": [1, 2, 3]}]', "a person with 3 numbers .* needed 51"),
    ("a.json", '[{"image_id": "x", "keypoints": [1, 2, 3]}]', "a list of an object with the keys"),
    ("a.parquet", "PAR1", "cannot be read as Parquet"),
    ("clip/note.json", "{}", "no numbered .json files; needed a folder of files like"),
    ("clip/a_1.json", "{", "none of the 1 files is readable"),
    ("clip/a_1.json", "[]", "an empty list arrived; needed a folder of files"),
    ("clip/a_1.json", one_frame([5.0] * 51), "people with 17 keypoints arrived"),
    ("clip/a_1.json", one_frame([5.0] * 75, [5.0] * 54), "people with 18, 25 keypoints"),
    ("clip/a_1.json", one_frame([5.0] * 7), "arrived; needed a folder of files"),
    ("clip/a_1.json", one_frame([0.5] * 75), "--keypoint_scale 0"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "content", "message"), BAD_FILES)
def test_bad_files(tmp_path: Path, name: str, content: str, message: str) -> None:
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(content)
    with pytest.raises(SourceError, match=message) as caught:
        read_pose_file(path.parent if name.startswith("clip/") else path)
    assert str(tmp_path) in str(caught.value)


def test_other_parquet_shows_both_columns(tmp_path: Path) -> None:
    import pandas as pd

    pd.DataFrame({"a": [1], "b": [2]}).to_parquet(tmp_path / "a.parquet")
    with pytest.raises(SourceError, match="columns a, b, ... arrived; needed .* time_s, people"):
        read_pose_file(tmp_path / "a.parquet")


def test_two_recordings_in_one_folder(tmp_path: Path) -> None:
    write_openpose(tmp_path, [walker(1)], BODY_25)
    write_openpose(tmp_path, [walker(1)], BODY_25, "other_{}.json".format)
    with pytest.raises(SourceError, match=r"2 recordings \(clip_, other_\)"):
        read_pose_file(tmp_path)


@pytest.mark.parametrize(
    ("options", "message"),
    [({"fps": 0.0}, "fps = 0.0"), ({"fps": float("nan")}, "fps"), ({"frame_size": (0, 5)}, "size")],
)
def test_bad_options(tmp_path: Path, options: dict[str, object], message: str) -> None:
    with pytest.raises(SourceError, match=message):
        read_pose_file(tmp_path / "a.csv", **options)  # type: ignore[arg-type]


@pytest.mark.parametrize("suffix", [".csv", ".json", ".parquet", ".txt"])
def test_missing_file(tmp_path: Path, suffix: str) -> None:
    with pytest.raises(SourceError, match="missing"):
        read_pose_file(tmp_path / f"missing{suffix}")


def test_every_reader_says_what_it_needs() -> None:
    assert all(reader.title and reader.expected for reader in READERS.values())


def test_notes_survive(tmp_path: Path, pose: PoseSequence) -> None:
    write_pose(tmp_path / "a.parquet", replace(pose, notes=()))
    assert read_pose(tmp_path / "a.parquet").notes == ()
