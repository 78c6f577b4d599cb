"""Films and stills: what is seen when, how long they last, and what failures leave behind."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from athletes import judge_of, perform
from sources.test_video import ticks_per_second, with_durations

from dtwcoach.coach import assess
from dtwcoach.errors import SourceError, StorageError, UsageError
from dtwcoach.film import _nearest, _paced, stills, write_film
from dtwcoach.matching.assessment import Fault, Reason, SetAssessment, Verdict
from dtwcoach.pose import INDEX, PoseSequence, mirrored
from dtwcoach.scene import Scene, caption_at, stand_of, tracks_in
from dtwcoach.sources.parquet import write_pose
from dtwcoach.sources.video import Frame, Video, open_video, open_writer

BLUE = (178, 114, 0)
VERMILLION = (0, 94, 213)
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
INK = (40, 35, 31)
SIZE = (320, 240)
FPS = 20.0
CORNER = (20, 200, 240)


@pytest.fixture(scope="module")
def pose() -> PoseSequence:
    """Two squats, the second one far too shallow: 148 frames in 7.4 s."""
    camera = {"width": SIZE[0], "height": SIZE[1], "fps": FPS}
    how = {"reps": 2, "tempo": 1.3, "lead_in_s": 0.6, "lead_out_s": 0.9, "pause_s": 1.2}
    faults = {1: (("shallow", 40.0),)}
    truth = perform("squat", 31, camera=camera, faults=faults, **how)
    return truth.pose(noise_px=0.3, seed=3)


@pytest.fixture(scope="module")
def judged(pose: PoseSequence) -> SetAssessment:
    made = assess(pose, judge_of("squat"))
    assert [rep.verdict.value for rep in made.reps] == ["right", "wrong"]
    return made


@pytest.fixture(scope="module")
def video(pose: PoseSequence, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The recording: nothing but grey, and a coloured upper left corner."""
    return plain_video(tmp_path_factory.mktemp("film") / "set.mp4", len(pose))


@pytest.fixture(scope="module")
def film(judged: SetAssessment, video: Path) -> Path:
    return write_film(judged, video, video.with_name("set.webm"))


def plain_video(path: Path, frames: int, fps: float = FPS) -> Path:
    image = np.full((SIZE[1], SIZE[0], 3), 120, np.uint8)
    image[:60, :60] = CORNER
    with open_writer(path, fps=fps, size=SIZE) as writer:
        for _ in range(frames):
            writer.write(image)
    return path


def read(path: Path) -> list[Frame]:
    with open_video(path) as frames:
        return list(frames)


def tint(picture: np.ndarray) -> np.ndarray:
    """By how much each pixel is redder (above 0) or bluer than grey, (height, width)."""
    return np.asarray(picture[..., 2].astype(int) - picture[..., 0])


def near(picture: np.ndarray, colour: tuple[int, int, int], *, within: int = 60) -> np.ndarray:
    """Where a compressed picture shows a colour, (height, width) bool."""
    return np.asarray((np.abs(picture.astype(int) - colour) < within).all(axis=-1))


def turn(judged: SetAssessment, number: int) -> float:
    return judged.reps[number].turn_s


def place(judged: SetAssessment, name: str, time_s: float) -> tuple[int, int]:
    assert judged.recording is not None
    x, y = tracks_in(judged.recording, SIZE).at(time_s)[INDEX[name]]
    return round(float(x)), round(float(y))


def blank() -> np.ndarray:
    return np.full((SIZE[1], SIZE[0], 3), 120, np.uint8)


def test_the_film_lasts_as_long_as_the_recording(film: Path, pose: PoseSequence) -> None:
    frames = read(film)
    assert len(frames) == len(pose)
    assert frames[-1].time_s == pytest.approx(pose.duration_s, abs=0.03)
    height, width, _ = frames[0].image.shape
    assert width == 320
    assert 240 < height < 320
    assert film.read_bytes()[:4] == b"\x1a\x45\xdf\xa3"
    assert b"V_VP8" in film.read_bytes()[:1000]


def test_nothing_but_the_film_is_left(film: Path, video: Path) -> None:
    assert sorted(film.parent.iterdir()) == sorted([film, video])


def test_the_skeleton_moves_with_the_athlete(film: Path, judged: SetAssessment) -> None:
    frames = read(film)
    for time_s in (0.3, turn(judged, 0)):
        x, y = place(judged, "left_hip", time_s)
        frame = min(frames, key=lambda frame: abs(frame.time_s - time_s))
        assert tint(frame.image[y - 3 : y + 4, x - 3 : x + 4]).min() < -50
        assert tint(frame.image[y - 3 : y + 4, x + 60 : x + 67]).min() > -20
    standing, low = (place(judged, "left_hip", t)[1] for t in (0.3, turn(judged, 0)))
    assert low > standing + 10


def test_joints_are_coloured_while_they_are_off(judged: SetAssessment) -> None:
    scene = Scene(judged, SIZE, beside=False)

    def off(name: str, time_s: float) -> bool:
        x, y = place(judged, name, time_s)
        return tuple(scene.draw(blank(), time_s)[y, x].tolist()) == VERMILLION

    knee = judged.reps[1].worst_joint.replace(" ", "_")
    assert knee.endswith("knee")
    assert off(knee, turn(judged, 1))
    assert not off("nose", turn(judged, 1))
    assert not off(knee, judged.reps[1].stop_s + 0.3)
    assert not off(knee, 0.2)


def test_colours_reach_the_film(film: Path, judged: SetAssessment) -> None:
    frames = read(film)
    wrong, before = (
        min(frames, key=lambda frame: abs(frame.time_s - t)).image[: SIZE[1]]
        for t in (turn(judged, 1), 0.2)
    )
    assert (tint(wrong[:, 70:]) > 60).sum() > 20
    assert (tint(before[:, 70:]) > 30).sum() == 0


@pytest.mark.parametrize("verdict", [Verdict.RIGHT, Verdict.CANNOT_JUDGE])
def test_joints_are_coloured_only_in_wrong_repetitions(
    judged: SetAssessment, verdict: Verdict
) -> None:
    reason = Reason("joint_not_visible")
    second = replace(judged.reps[1], verdict=verdict, reasons=(reason,))
    unsure = replace(judged, reps=(judged.reps[0], second))
    time_s = turn(judged, 1)
    for made, coloured in ((judged, True), (unsure, False)):
        picture = Scene(made, SIZE, beside=False).draw(blank(), time_s)[: SIZE[1]]
        assert (picture == VERMILLION).all(axis=-1).any() == coloured


def test_an_attempt_on_the_other_side_is_marked_on_its_own_side(judged: SetAssessment) -> None:
    """Only the references' left knee is off: of a mirrored attempt that is the right one."""
    only = np.array([name == "left_knee_angle" for name in judged.features])
    rep = judged.reps[1]
    attempt = judged.reference_mean.copy()
    attempt[:, only] += 60.0
    even = np.repeat(np.arange(len(attempt))[:, None], 2, axis=1)
    for flipped, own in ((False, "left_knee"), (True, "right_knee")):
        second = replace(rep, attempt=attempt, path=even, mirrored=flipped)
        made = replace(judged, counts=only, reps=(judged.reps[0], second))
        picture = Scene(made, SIZE, beside=False).draw(blank(), rep.turn_s)
        x, y = place(judged, own, rep.turn_s)
        assert tuple(picture[y, x].tolist()) == VERMILLION


def test_the_counter_and_the_verdicts_come_at_their_times(judged: SetAssessment) -> None:
    first, second = judged.reps

    def said(time_s: float) -> tuple[str, str, str]:
        caption = caption_at(judged, time_s)
        return caption.counter, caption.headline, caption.detail

    assert said(0.0) == ("", "Squat", "2 repetitions")
    assert said(first.start_s + 0.1) == ("1 of 2", "", "")
    assert said(first.stop_s + 0.1) == ("1 of 2", "Repetition 1: right", "")
    assert said(second.start_s - 0.01) == ("1 of 2", "Repetition 1: right", "")
    assert said(second.turn_s + 0.6) == ("2 of 2", "", "")
    assert said(second.stop_s + 0.1) == ("2 of 2", "Repetition 2: wrong", second.cue)
    assert said(99.0)[1] == "Repetition 2: wrong"
    assert second.cue


def test_a_verdict_can_be_read_also_when_the_next_repetition_follows_at_once(
    judged: SetAssessment,
) -> None:
    first = replace(judged.reps[0], stop_s=judged.reps[1].start_s - 0.05)
    second = replace(judged.reps[1], stop_s=99.0)
    quick = replace(judged, reps=(first, second))
    assert caption_at(quick, first.stop_s + 1.9).headline == "Repetition 1: right"
    assert caption_at(quick, first.stop_s + 1.9).counter == "2 of 2"
    assert caption_at(quick, first.stop_s + 2.1).headline == ""


def test_verdicts_are_seen_in_the_strip(film: Path, judged: SetAssessment) -> None:
    frames = read(film)

    def strip(time_s: float) -> np.ndarray:
        return min(frames, key=lambda frame: abs(frame.time_s - time_s)).image[SIZE[1] :]

    right, wrong = (rep.stop_s + 0.3 for rep in judged.reps)
    assert near(strip(right), BLUE).sum() > 50
    assert near(strip(wrong), VERMILLION).sum() > 50
    for time_s in (0.2, turn(judged, 0)):
        assert not near(strip(time_s), BLUE).any()
        assert not near(strip(time_s), VERMILLION).any()


def test_a_recording_that_was_not_judged_says_why(judged: SetAssessment) -> None:
    reason = Reason("wrong_view")
    none = replace(judged, reps=(), verdict=Verdict.CANNOT_JUDGE, reasons=(reason,))
    assert caption_at(none, 1.0).headline == "Cannot judge"
    assert "Film from their side" in caption_at(none, 1.0).detail
    Scene(none, SIZE, beside=True).draw(blank(), 1.0)
    scene = Scene(replace(none, recording=None), SIZE, beside=True)
    assert (scene.draw(blank(), 1.0)[: SIZE[1], : SIZE[0]] == 120).all()


def test_the_reference_stands_beside_in_step(
    judged: SetAssessment, video: Path, tmp_path: Path
) -> None:
    film = read(write_film(judged, video, tmp_path / "beside.webm", beside=True))
    assert film[0].image.shape[1] == 640
    scene = Scene(judged, SIZE, beside=True)

    def lowest_of_head(time_s: float) -> int:
        panel = scene.draw(blank(), time_s)[40 : SIZE[1], SIZE[0] :]
        return int(np.flatnonzero((panel == INK).all(axis=-1).any(axis=1))[0])

    standing, low = lowest_of_head(0.2), lowest_of_head(turn(judged, 1))
    assert low > standing + 25  # the reference goes down deep although the athlete does not
    assert lowest_of_head(judged.reps[1].stop_s + 0.2) < standing + 10


def test_the_reference_is_as_large_as_the_athlete_and_seen_from_the_same_side(
    judged: SetAssessment,
) -> None:
    recording = judged.recording
    assert recording is not None
    tracks = tracks_in(recording, SIZE)
    stand = stand_of(recording, tracks, judged.reps)
    assert stand is not None
    assert stand.part == "ankle"
    assert abs(stand.yaw_deg - recording.view_yaw_deg) < 12
    for at in (5, 60, 100):  # the athlete's own body falls onto their picture
        points = stand.seen(recording.body.positions[at])
        off = np.linalg.norm(points - tracks.points[at], axis=1)
        assert np.nanmax(off) < 4


def test_the_reference_of_a_mirrored_attempt_is_mirrored(judged: SetAssessment) -> None:
    plain = Scene(judged, SIZE, beside=True)
    reps = tuple(replace(rep, mirrored=True) for rep in judged.reps)
    turned = Scene(replace(judged, reps=reps), SIZE, beside=True)
    one, other = (scene.draw(blank(), turn(judged, 0))[:, SIZE[0] :] for scene in (plain, turned))
    assert (one != other).any(axis=-1).sum() > 100


def test_a_selfie_film_shows_what_a_bystander_saw(
    pose: PoseSequence, video: Path, tmp_path: Path
) -> None:
    seen = mirrored(pose)  # what the pose source makes of a mirrored recording
    made = assess(seen, judge_of("squat"))
    film = read(write_film(made, video, tmp_path / "selfie.webm", mirrored=True))
    image = film[4].image[: SIZE[1]]
    corner = near(image, CORNER)
    assert corner[:50, 270:].all()
    assert not corner[:50, :50].any()
    x = round(float(seen.image[4, INDEX["left_hip"], 0]))
    assert tint(image[100:, x - 8 : x + 9]).min() < -50


def test_frames_are_paced_by_their_times() -> None:
    """A second at 10 fps, a gap of half a second, then a second at 40 fps."""
    times = [*np.arange(10) / 10, *(1.4 + np.arange(40) / 40)]
    image = np.zeros((2, 2, 3), np.uint8)
    frames = [Frame(number, float(time), image) for number, time in enumerate(times)]
    shown = [frame.time_s for frame, many in _paced(frames, 20.0) for _ in range(many)]
    assert len(shown) == round(times[-1] * 20) + 1
    wanted = np.arange(len(shown)) / 20
    nearest = np.abs(np.array(times)[:, None] - wanted).min(axis=0)
    np.testing.assert_allclose(np.abs(np.array(shown) - wanted), nearest, atol=1e-9)


def test_a_variable_rate_keeps_the_duration(
    judged: SetAssessment, video: Path, tmp_path: Path
) -> None:
    """A phone that halves its rate in the dark: 74 frames at 20 fps, 74 at 10."""
    data = video.read_bytes()
    step = round(ticks_per_second(data) / 20)
    varied = tmp_path / "varied.mp4"
    varied.write_bytes(with_durations(data, [step] * 74 + [2 * step] * 74))
    time_s = np.concatenate([np.arange(74) / 20, 74 / 20 + np.arange(74) / 10])
    assert judged.recording is not None
    source = replace(judged.recording.source, time_s=time_s)
    made = replace(judged, recording=replace(judged.recording, source=source))
    frames = read(write_film(made, varied, tmp_path / "varied.webm"))
    assert frames[-1].time_s == pytest.approx(11.0, abs=0.1)
    assert len(frames) == pytest.approx(148, abs=1)
    steps = np.diff([frame.time_s for frame in frames])
    assert steps.max() - steps.min() < 0.005


@pytest.mark.parametrize(
    ("fps", "film_fps", "tied"), [(120.0, 30.0, 2), (50.0, 25.0, 1), (29.97, 29.97, 1)]
)
def test_fast_recordings_are_thinned_evenly(
    judged: SetAssessment, tmp_path: Path, fps: float, film_fps: float, tied: int
) -> None:
    """The pose of a recording above 60 fps has only every second frame, say."""
    assert judged.recording is not None
    source = judged.recording.source
    count = int(3.0 * fps)
    times = (np.arange(count) / fps)[::tied]
    points = {name: getattr(source, name)[: len(times)] for name in ("image", "world")}
    short = PoseSequence(
        time_s=times[: len(points["image"])],
        **points,
        confidence=source.confidence[: len(times)],
        frame_size=source.frame_size,
        model=source.model,
    )
    made = replace(judged, recording=replace(judged.recording, source=short))
    video = plain_video(tmp_path / "fast.mp4", count, fps)
    film = write_film(made, video, tmp_path / "fast.webm")
    capture = cv2.VideoCapture(str(film))
    assert capture.get(cv2.CAP_PROP_FPS) == pytest.approx(film_fps, rel=0.02)
    capture.release()
    frames = read(film)
    assert len(frames) == pytest.approx(3.0 * film_fps, abs=1)
    assert frames[-1].time_s == pytest.approx(3.0, abs=0.08)


def test_progress_rises_to_one(judged: SetAssessment, video: Path, tmp_path: Path) -> None:
    shares: list[float] = []
    write_film(judged, video, tmp_path / "set.webm", progress=shares.append)
    assert shares == sorted(shares)
    assert shares[0] < 0.1
    assert shares[-1] == 1.0


def test_any_text_in_an_assessment_can_be_filmed(judged: SetAssessment) -> None:
    texts = ("<script>\x00\n", "膝盖再弯一点", "\ud800" * 9, "w" * 5000, "")
    for text in texts:
        faults = tuple(replace(f, cue=text, joint=text, text=text) for f in judged.reps[1].faults)
        reps = (judged.reps[0], replace(judged.reps[1], faults=faults, worst_joint=text))
        scene = Scene(replace(judged, reps=reps, title=text), (64, 48), beside=True)
        for time_s in (0.0, turn(judged, 1), 99.0):
            scene.draw(np.zeros((48, 64, 3), np.uint8), time_s)


def test_keypoints_follow_a_picture_that_is_scaled_down(judged: SetAssessment) -> None:
    assert judged.recording is not None
    whole, half = (tracks_in(judged.recording, size).at(1.0) for size in (SIZE, (160, 120)))
    np.testing.assert_allclose(half, whole / 2)


def test_odd_sizes_become_even(judged: SetAssessment) -> None:
    scene = Scene(judged, (319, 239), beside=True)
    assert scene.size[0] == 636
    assert scene.size[1] % 2 == 0
    assert scene.draw(np.zeros((239, 319, 3), np.uint8), 1.0).shape[1::-1] == scene.size


# What goes wrong


def only(folder: Path, *names: str) -> bool:
    return sorted(path.name for path in folder.iterdir()) == sorted(names)


def test_a_film_must_be_called_webm(judged: SetAssessment, video: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"set\.mp4: films are written as \.webm"):
        write_film(judged, video, tmp_path / "set.mp4")
    assert only(tmp_path)


def test_the_recording_itself_is_never_replaced(judged: SetAssessment, tmp_path: Path) -> None:
    own = plain_video(tmp_path / "own.webm", 5)
    before = own.read_bytes()
    with pytest.raises(UsageError, match="the recording itself"):
        write_film(judged, own, tmp_path / "." / "own.webm")
    assert own.read_bytes() == before


def test_a_pose_file_has_no_pictures(
    judged: SetAssessment, pose: PoseSequence, tmp_path: Path
) -> None:
    file = tmp_path / "set.parquet"
    write_pose(file, pose)
    with pytest.raises(SourceError, match=r"set\.parquet: a pose file, which has no pictures"):
        write_film(judged, file, tmp_path / "set.webm")
    with pytest.raises(SourceError, match="no pictures"):
        stills(judged, file)
    assert only(tmp_path, "set.parquet")


def test_a_missing_video_leaves_the_former_film(judged: SetAssessment, tmp_path: Path) -> None:
    former = tmp_path / "set.webm"
    former.write_bytes(b"former")
    with pytest.raises(SourceError, match="no such file"):
        write_film(judged, tmp_path / "gone.mp4", former)
    assert former.read_bytes() == b"former"
    assert only(tmp_path, "set.webm")


def test_a_video_that_ends_early_leaves_nothing(judged: SetAssessment, tmp_path: Path) -> None:
    short = plain_video(tmp_path / "short.mp4", 100)
    with pytest.raises(SourceError, match=r"end at 4\.9. s|end at 5\.0 s, but what was judged"):
        write_film(judged, short, tmp_path / "set.webm")
    assert only(tmp_path, "short.mp4")


def test_a_missing_folder_is_said(judged: SetAssessment, video: Path, tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="folder does not exist"):
        write_film(judged, video, tmp_path / "nowhere" / "set.webm")
    assert only(tmp_path)


def test_stopping_leaves_nothing(
    judged: SetAssessment, video: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = Video.__iter__

    def stopped(self: Video) -> Iterator[Frame]:
        for frame in whole(self):
            if frame.index == 50:
                assert not only(tmp_path)  # it is being written, under another name
                raise KeyboardInterrupt
            yield frame

    monkeypatch.setattr(Video, "__iter__", stopped)
    with pytest.raises(KeyboardInterrupt):
        write_film(judged, video, tmp_path / "set.webm")
    assert only(tmp_path)


@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit on the size of files")
def test_a_full_disk_leaves_nothing(judged: SetAssessment, video: Path, tmp_path: Path) -> None:
    import resource

    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, limits[1]))
    try:
        with pytest.raises(StorageError, match="Is the disk full"):
            write_film(judged, video, tmp_path / "set.webm")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert only(tmp_path)


# Stills


def decoded(data: bytes) -> np.ndarray:
    return cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)


def test_each_fault_has_a_still_with_its_joint_marked(judged: SetAssessment, video: Path) -> None:
    made = stills(judged, video)
    wrong = judged.reps[1]
    keys = {key for key in made if key[0] == 2}
    assert keys == {(2, number) for number in range(min(3, len(wrong.faults)))}
    for data in made.values():
        assert len(data) < 30_000
        image = decoded(data)
        assert image.shape[0] <= 480
        assert (tint(image) > 70).sum() > 10
        assert (tint(image) < -70).sum() > 30
        assert near(image, (120, 120, 120), within=12).mean() > 0.4  # margin, and no frame


def test_a_still_is_cut_around_the_athlete_at_the_worst_moment(
    judged: SetAssessment, video: Path
) -> None:
    image = decoded(stills(judged, video)[2, 0])
    assert judged.recording is not None
    at = judged.reps[1].faults[0].time_s
    at = at if np.isfinite(at) else turn(judged, 1)
    points = tracks_in(judged.recording, SIZE).at(at)
    span = np.nanmax(points, axis=0) - np.nanmin(points, axis=0)
    wanted = np.minimum(span + 2 * 0.25 * span.max(), SIZE)
    np.testing.assert_allclose(image.shape[1::-1], wanted, atol=2)
    assert image.shape[0] < SIZE[1]
    assert not near(image, CORNER).any()


def test_stills_of_a_selfie_are_turned_as_well(judged: SetAssessment, tmp_path: Path) -> None:
    split = np.full((SIZE[1], SIZE[0], 3), 120, np.uint8)
    split[:, : SIZE[0] // 2] = 30  # the left half is dark
    with open_writer(tmp_path / "split.mp4", fps=FPS, size=SIZE) as writer:
        for _ in range(148):
            writer.write(split)
    for flip, darker in ((False, np.less), (True, np.greater)):
        image = decoded(stills(judged, tmp_path / "split.mp4", mirrored=flip)[2, 0])
        assert darker(image[2, 2, 1], image[2, -3, 1])


def test_at_most_sixty_stills_and_three_a_repetition(judged: SetAssessment, video: Path) -> None:
    fault = judged.reps[1].faults[0]
    at = judged.reps[1].turn_s
    five = tuple(replace(fault, time_s=at, ratio=number) for number in (5.0, 4.0, 3.0, 2.0, 1.5))
    right = replace(judged.reps[0], faults=five)
    reps = [replace(right, number=number) for number in range(1, 31)]
    reps[6] = replace(judged.reps[1], number=7, faults=five)
    made = stills(replace(judged, reps=tuple(reps)), video)
    assert len(made) == 60
    assert max(number for _, number in made) == 2
    assert {(7, 0), (7, 1), (7, 2)} <= made.keys()  # those of the wrong one first
    assert {(rep, 0) for rep in range(1, 31)} <= made.keys()


def test_faults_without_a_moment_are_shown_at_the_turn_and_tempo_not_at_all(
    judged: SetAssessment, video: Path
) -> None:
    rep = judged.reps[1]
    fault = rep.faults[0]

    def made(*faults: Fault) -> dict[tuple[int, int], bytes]:
        return stills(replace(judged, reps=(replace(rep, faults=faults),)), video)

    ranged = replace(fault, time_s=float("nan"))
    at_turn = replace(fault, time_s=rep.turn_s)
    tempo = replace(fault, joint="tempo", feature="tempo")
    assert made(ranged) == made(at_turn)
    assert made(tempo).keys() == set()
    assert made(tempo, fault).keys() == {(2, 1)}


def test_without_faults_or_recording_there_are_no_stills(
    judged: SetAssessment, video: Path
) -> None:
    assert stills(replace(judged, recording=None), video) == {}
    assert stills(replace(judged, reps=()), video) == {}


def test_a_video_that_ends_early_gives_the_stills_it_has(
    judged: SetAssessment, tmp_path: Path
) -> None:
    fault = judged.reps[1].faults[0]
    rep = replace(judged.reps[1], faults=(replace(fault, time_s=1.0), replace(fault, time_s=4.0)))
    short = plain_video(tmp_path / "short.mp4", 40)
    assert stills(replace(judged, reps=(rep,)), short).keys() == {(2, 0)}


def test_the_nearest_frame_is_taken() -> None:
    image = np.zeros((2, 2, 3), np.uint8)
    frames = [Frame(number, number / 10, image) for number in range(10)]
    found = [(at, frame.index) for at, frame in _nearest(frames, [0.0, 0.14, 0.16, 0.16, 0.95, 9])]
    assert found == [(0, 0), (1, 1), (2, 2), (3, 2), (4, 9)]


@pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")
def test_the_film_plays_in_a_browser(film: Path, pose: PoseSequence, tmp_path: Path) -> None:
    from playwright.sync_api import sync_playwright

    page_file = tmp_path / "page.html"
    page_file.write_text(f'<video muted src="{film.as_uri()}"></video>', encoding="utf-8")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page()
        page.goto(page_file.as_uri())
        said = page.evaluate(
            """async () => {
                const video = document.querySelector("video");
                await video.play();
                video.pause();
                await new Promise((done) => {
                    video.onseeked = done;
                    video.currentTime = 5;
                });
                return {
                    can: video.canPlayType('video/webm; codecs="vp8"'),
                    width: video.videoWidth, height: video.videoHeight,
                    duration: video.duration, at: video.currentTime, error: video.error,
                };
            }"""
        )
        browser.close()
    assert said["can"] in ("probably", "maybe")
    assert said["width"] == 320
    assert said["height"] > 240
    assert said["duration"] == pytest.approx(len(pose) / 20, abs=0.1)
    assert said["at"] == pytest.approx(5.0)
    assert said["error"] is None
