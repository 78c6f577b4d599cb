"""OpenSim's files, read back by small readers as strict as OpenSim's own."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from athletes import SETTINGS, judge_of, perform

from dtwcoach.coach import assess
from dtwcoach.errors import StorageError
from dtwcoach.exports.opensim import Scale, mot_text, scale_of, trc_text, write_opensim
from dtwcoach.matching.assessment import SetAssessment
from dtwcoach.motion.body import BodyMotion
from dtwcoach.motion.features import FeatureSeries
from dtwcoach.motion.recording import Recording, describe
from dtwcoach.pose import INDEX, KEYPOINTS

SCALE = Scale(500.0, "a test")
FAR = {"distance_m": 60.0, "tilt_deg": 0.0, "fov_deg": 5.0}
"""From so far away a picture has no perspective: bones are as long as they are."""


@cache
def judged() -> SetAssessment:
    return assess(perform("squat", 7, reps=2).pose(), judge_of("squat", (101, 102, 103)))


@cache
def recorded() -> Recording:
    found = judged().recording
    assert found is not None
    return found


def fields(line: str) -> list[str]:
    """As OpenSim's `FileAdapter::tokenize`: each tab ends a field, text after the last is one."""
    *ended, rest = line.split("\t")
    return [*ended, rest] if rest else ended


def read_trc(text: str) -> tuple[dict[str, str], np.ndarray, dict[str, np.ndarray]]:
    """Header, times and (time, 3) of each marker; as strict as OpenSim's `TRCFileAdapter`."""
    lines = text.split("\n")
    assert lines[0].split()[:3] == ["PathFileType", "4", "(X/Y/Z)"]
    assert lines[1].split("\t") == [
        "DataRate",
        "CameraRate",
        "NumFrames",
        "NumMarkers",
        "Units",
        "OrigDataRate",
        "OrigDataStartFrame",
        "OrigNumFrames",
    ]
    header = dict(zip(lines[1].split("\t"), lines[2].split("\t"), strict=True))
    first, second, *names = filter(None, fields(lines[3]))
    assert (first, second, len(names)) == ("Frame#", "Time", int(header["NumMarkers"]))
    axes = [f"{axis}{number}" for number in range(1, len(names) + 1) for axis in "XYZ"]
    assert fields(lines[4]) == ["", "", *axes]
    assert lines[5] == ""
    assert lines[-1] == ""
    rows = [fields(line) for line in lines[6:-1]]
    assert len(rows) == int(header["NumFrames"])
    assert {len(row) for row in rows} == {2 + 3 * len(names)}
    assert [row[0] for row in rows] == [str(number + 1) for number in range(len(rows))]
    values = np.array([[float(cell) if cell else np.nan for cell in row[1:]] for row in rows])
    points = values[:, 1:].reshape(len(rows), len(names), 3)
    return header, values[:, 0], dict(zip(names, points.swapaxes(0, 1), strict=True))


def read_mot(text: str) -> tuple[dict[str, str], dict[str, np.ndarray]]:
    """Header and columns, as OpenSim's `Storage` takes version 1: a stream of plain numbers."""
    head, _, table = text.partition("endheader\n")
    header = dict(line.split("=") for line in head.splitlines() if "=" in line)
    labels, _, stream = table.partition("\n")
    names = labels.split()
    numbers = [float(word) for word in stream.split()]
    assert np.isfinite(numbers).all()
    values = np.array(numbers).reshape(int(header["nRows"]), int(header["nColumns"]))
    return header, dict(zip(names, values.T, strict=True))


def length(points: dict[str, np.ndarray], one: str, other: str) -> np.ndarray:
    return np.linalg.norm(points[one] - points[other], axis=1)


def test_markers_come_back() -> None:
    body = recorded().body
    header, time_s, points = read_trc(trc_text(body, name="set.trc", scale=SCALE))
    assert header["Units"] == "mm"
    assert header["DataRate"] == "30"
    assert list(points) == list(KEYPOINTS)
    assert (np.diff(time_s) > 0).all()
    assert time_s == pytest.approx(body.time_s, abs=1e-6)
    left_up_forward = body.positions[:, INDEX["left_wrist"]]
    x, y, z = points["left_wrist"].T
    assert np.stack([-z, y, x], axis=1) == pytest.approx(500 * left_up_forward, abs=1e-3)


def test_axes_are_opensims() -> None:
    _, _, points = read_trc(trc_text(recorded().body, name="set.trc", scale=SCALE))
    x, y, z = range(3)
    assert (points["left_toe"] > points["left_heel"])[:, x].all()  # forward
    assert (points["nose"] > points["left_knee"])[:, y].all()  # up
    assert (points["right_hip"] > points["left_hip"])[:, z].all()  # to the right


@pytest.mark.parametrize("height_cm", [None, 160.0])
def test_bones_are_as_long_as_they_are(height_cm: float | None) -> None:
    truth = perform("squat", 7, reps=1, camera=FAR)
    body = describe(truth.pose(), SETTINGS).body
    scale = scale_of(body, height_cm=height_cm)
    _, _, points = read_trc(trc_text(body, name="set.trc", scale=scale))
    limbs, size = truth.person.limbs, 1.0
    if height_cm is not None:
        size = 0.288 * height_cm / 100 / limbs.trunk  # of somebody so tall with such limbs
    for side in ("left", "right"):
        thigh = length(points, f"{side}_hip", f"{side}_knee")
        shank = length(points, f"{side}_knee", f"{side}_ankle")
        assert np.median(thigh) == pytest.approx(1000 * size * limbs.thigh, rel=0.03)
        assert np.median(shank) == pytest.approx(1000 * size * limbs.shank, rel=0.03)


def test_where_the_scale_comes_from() -> None:
    body = recorded().body
    assert scale_of(body, height_cm=175.0).torso_mm == pytest.approx(504.0)
    assert scale_of(body).torso_mm == pytest.approx(1000 * body.torso_m)
    flat = scale_of(replace(body, torso_m=float("nan")))
    assert (flat.torso_mm, flat.assumed) == (500.0, True)
    assert not scale_of(body).assumed


def with_gap(body: BodyMotion, keypoint: str, frames: slice, axes: Any = slice(None)) -> BodyMotion:
    positions = body.positions.copy()
    positions[frames, INDEX[keypoint], axes] = np.nan
    return replace(body, positions=positions)


@pytest.mark.parametrize("keypoint", ["nose", "left_knee", "right_toe"])  # first, middle, last
@pytest.mark.parametrize("axes", [slice(None), 2])
def test_a_marker_not_seen_is_three_empty_fields(keypoint: str, axes: Any) -> None:
    body = with_gap(recorded().body, keypoint, slice(10, 20), axes)
    _, _, points = read_trc(trc_text(body, name="set.trc", scale=SCALE))
    seen = np.isfinite(points.pop(keypoint))
    assert not seen[10:20].any()
    assert seen[:10].all()
    assert seen[20:].all()
    assert all(np.isfinite(other).all() for other in points.values())


def test_a_marker_never_seen_is_left_out() -> None:
    body = with_gap(recorded().body, "right_toe", slice(None))
    header, _, points = read_trc(trc_text(body, name="set.trc", scale=SCALE))
    assert header["NumMarkers"] == "32"
    assert "right_toe" not in points


def test_angles_come_back() -> None:
    series = recorded().series
    header, columns = read_mot(mot_text(judged(), series, name="set.mot", scale=SCALE))
    assert (header["version"], header["inDegrees"]) == ("1", "yes")
    assert next(iter(columns)) == "time"
    assert (np.diff(columns["time"]) > 0).all()
    knee = series.values[:, series.names.index("left_knee_angle")]
    assert columns["left_knee_angle"] == pytest.approx(knee, abs=1e-4)
    assert "trunk_forward" in columns
    assert "left_wrist_height" not in columns  # in torso lengths, no angle
    assert (columns["measured"] == 1).all()


def test_repetitions_and_phases_are_numbers() -> None:
    _, columns = read_mot(mot_text(judged(), recorded().series, name="set.mot", scale=SCALE))
    first, second = judged().reps
    at = columns["time"]
    inside = (at >= first.start_s - 1e-6) & (at <= first.stop_s + 1e-6)
    assert set(columns["repetition"][inside]) == {1.0}
    assert set(columns["repetition"]) == {0.0, 1.0, 2.0}
    turn = np.abs(at - second.turn_s).argmin()
    assert columns["phase"][turn] == 3
    assert (columns["phase"][columns["repetition"] == 0] == 0).all()
    assert list(dict.fromkeys(columns["phase"][inside])) == [2.0, 3.0, 4.0]


def hidden(series: FeatureSeries, name: str, frames: slice) -> FeatureSeries:
    values = series.values.copy()
    values[frames, series.names.index(name)] = np.nan
    return replace(series, values=values)


def test_gaps_are_bridged_and_said() -> None:
    series = hidden(recorded().series, "left_knee_angle", slice(50, 60))
    _, columns = read_mot(mot_text(judged(), series, name="set.mot", scale=SCALE))
    knee = columns["left_knee_angle"]
    assert knee[50:60] == pytest.approx(np.linspace(knee[49], knee[60], 12)[1:-1], abs=1e-3)
    assert (columns["measured"][50:60] < 1).all()
    assert (columns["measured"][:50] == 1).all()


def test_an_angle_hardly_ever_seen_is_left_out() -> None:
    half = len(recorded().series.time_s) // 2
    rare = hidden(recorded().series, "left_knee_angle", slice(0, half + 2))
    common = hidden(recorded().series, "left_knee_angle", slice(0, half - 2))
    for series, there in ((rare, False), (common, True)):
        _, columns = read_mot(mot_text(judged(), series, name="set.mot", scale=SCALE))
        assert ("left_knee_angle" in columns) is there


def test_both_files_and_what_they_are_called(tmp_path: Path) -> None:
    written = write_opensim(judged(), tmp_path / "os", "nRows=9\tÄ x", height_cm=175.0)
    assert written is not None
    trc, mot, scale = written
    assert (trc.name, mot.name) == ("nRows=9\tÄ x.trc", "nRows=9\tÄ x.mot")
    assert scale.torso_mm == pytest.approx(504.0)
    header, _ = read_mot(mot.read_text("utf-8"))
    assert header["nRows"] == str(len(recorded().series.time_s))
    assert mot.read_text("utf-8").startswith("nrows-9-a-x.mot\n")
    assert "a height of 175 cm" in mot.read_text("utf-8")
    read_trc(trc.read_text("utf-8"))
    assert len(list((tmp_path / "os").iterdir())) == 2


def test_nobody_in_the_picture_gives_no_files(tmp_path: Path) -> None:
    body = replace(recorded().body, positions=np.full_like(recorded().body.positions, np.nan))
    nobody = replace(judged(), recording=replace(recorded(), body=body))
    for assessment in (nobody, replace(judged(), recording=None)):
        assert write_opensim(assessment, tmp_path, "set") is None
    assert not list(tmp_path.iterdir())


def test_a_disk_that_refuses_is_said(tmp_path: Path) -> None:
    (tmp_path / "os").write_text("a file where a folder should be")
    with pytest.raises(StorageError, match="Could not write"):
        write_opensim(judged(), tmp_path / "os", "set")
