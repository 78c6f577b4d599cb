"""Videos, good and bad: MP4 boxes are rewritten by hand to damage them."""

from __future__ import annotations

import shutil
import struct
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from dtwcoach.errors import SourceError, StorageError
from dtwcoach.sources.video import Video, VideoLimits, _Clock, open_video, open_writer

CONTAINERS = (b"moov", b"trak", b"edts", b"mdia", b"minf", b"stbl")


def change_boxes(data: bytes, change: Callable[[bytes, bytes], bytes]) -> bytes:
    """Return MP4 bytes with the content of each plain box replaced by ``change(name, content)``.

    Safe as long as the index (moov) stands behind the pictures (mdat), as OpenCV writes it.
    """
    out, at = [], 0
    while at < len(data):
        size, name = struct.unpack(">I4s", data[at : at + 8])
        head = 16 if size == 1 else 8
        if size == 1:
            (size,) = struct.unpack(">Q", data[at + 8 : at + 16])
        content = data[at + head : at + size]
        at += size
        if name == b"mdat":
            out.append(data[at - size : at])
            continue
        content = change_boxes(content, change) if name in CONTAINERS else change(name, content)
        out.append(struct.pack(">I4s", 8 + len(content), name) + content)
    return b"".join(out)


def with_durations(data: bytes, ticks: Sequence[int]) -> bytes:
    """Give each frame its own duration, in ticks of the file's time scale."""
    entries = b"".join(struct.pack(">II", 1, tick) for tick in ticks)
    table = struct.pack(">II", 0, len(ticks)) + entries

    def change(name: bytes, old: bytes) -> bytes:
        if name == b"elst":  # what is shown: without an end
            return old[:8] + struct.pack(">I", 2**31 - 1) + old[12:]
        return table if name == b"stts" else old

    return change_boxes(data, change)


def with_rotation(data: bytes, degrees: int) -> bytes:
    """Write the display matrix of a phone held turned by so many degrees (clockwise)."""
    one = 0x10000
    a, b = {0: (one, 0), 90: (0, one), 180: (-one, 0), 270: (0, -one)}[degrees]
    matrix = struct.pack(">9i", a, b, 0, -b, a, 0, 0, 0, 0x40000000)
    return change_boxes(
        data, lambda name, old: old[:40] + matrix + old[76:] if name == b"tkhd" else old
    )


def ticks_per_second(data: bytes) -> int:
    """Return the time scale of the (one) track."""
    found: list[int] = []

    def look(name: bytes, content: bytes) -> bytes:
        if name == b"mdhd":
            found.append(struct.unpack(">I", content[12:16])[0])
        return content

    change_boxes(data, look)
    return found[0]


def read(path: Path | str, **options: object) -> tuple[list[float], list[np.ndarray], Video]:
    with open_video(path, **options) as video:  # type: ignore[arg-type]
        frames = list(video)
    return [frame.time_s for frame in frames], [frame.image for frame in frames], video


def is_released(video: Video) -> bool:
    return not video._capture.isOpened()


class TestReading:
    def test_frames_times_and_size(self, clip: Path) -> None:
        times, images, video = read(clip)
        assert np.allclose(times, np.arange(40) / 25, atol=1e-4)
        assert video.size == (64, 48)
        assert images[0].shape == (48, 64, 3)
        assert video.frames_read == 40
        assert video.notes == ()
        assert np.median(images[30]) == pytest.approx(150, abs=4)

    def test_frames_are_numbered_as_read(self, clip: Path) -> None:
        with open_video(clip) as video:
            assert [frame.index for frame in video] == list(range(40))

    def test_rate_is_not_rounded(self, tmp_path: Path) -> None:
        path = tmp_path / "ntsc.mp4"
        with open_writer(path, fps=30000 / 1001, size=(32, 32)) as writer:
            for _ in range(31):
                writer.write(np.zeros((32, 32, 3), np.uint8))
        assert read(path)[0][-1] == pytest.approx(30 * 1001 / 30000, abs=2e-4)

    def test_released_when_the_caller_stops_early(self, clip: Path) -> None:
        def stop() -> None:
            with open_video(clip) as video:
                opened.append(video)
                next(iter(video))
                raise KeyError

        opened: list[Video] = []
        with pytest.raises(KeyError):
            stop()
        assert is_released(opened[0])

    def test_released_when_leaving(self, clip: Path) -> None:
        with open_video(clip) as video:
            next(iter(video))
            assert not is_released(video)
        assert is_released(video)

    def test_scaled_down_to_the_longer_side(self, clip: Path) -> None:
        _, images, video = read(clip, max_side_px=32)
        assert video.size == (32, 24)
        assert images[0].shape == (24, 32, 3)

    def test_never_scaled_up(self, clip: Path) -> None:
        assert read(clip, max_side_px=1000)[2].size == (64, 48)

    def test_mirrored_picture(self, clip: Path) -> None:
        image = read(clip, mirrored=True)[1][0]
        assert image[8, 56].min() > 200
        assert image[8, 8].max() < 60

    @pytest.mark.parametrize(
        "name", ["clip%03d.mp4", "übung 深蹲.mp4", "a:b.mp4", "no ending", "-x"]
    )
    def test_any_file_name(self, clip: Path, tmp_path: Path, name: str) -> None:
        shutil.copy(clip, tmp_path / name)
        assert len(read(tmp_path / name)[0]) == 40

    def test_relative_name_like_an_option(
        self, clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        shutil.copy(clip, tmp_path / "pipe:0")
        monkeypatch.chdir(tmp_path)
        assert len(read("pipe:0")[0]) == 40


class TestRotation:
    @pytest.mark.parametrize(
        ("degrees", "size", "corner"),
        [
            (0, (64, 48), (8, 8)),
            (90, (48, 64), (8, 40)),
            (180, (64, 48), (40, 56)),
            (270, (48, 64), (56, 8)),
        ],
    )
    def test_turned_upright(
        self,
        clip: Path,
        tmp_path: Path,
        degrees: int,
        size: tuple[int, int],
        corner: tuple[int, int],
    ) -> None:
        path = tmp_path / "turned.mp4"
        path.write_bytes(with_rotation(clip.read_bytes(), degrees))
        _, images, video = read(path)
        assert video.size == size
        bright = images[0].min(axis=2) > 200
        assert bright[corner]
        assert bright.sum() == pytest.approx(256, rel=0.2)

    def test_left_alone_when_asked(self, clip: Path, tmp_path: Path) -> None:
        path = tmp_path / "turned.mp4"
        path.write_bytes(with_rotation(clip.read_bytes(), 90))
        assert read(path, rotate_auto=False)[2].size == (64, 48)


class TestTime:
    def test_variable_rate(self, clip: Path, tmp_path: Path) -> None:
        data = clip.read_bytes()
        rng = np.random.default_rng(0)
        ticks = rng.integers(1, 9, 40) * (ticks_per_second(data) // 100)
        path = tmp_path / "variable.mp4"
        path.write_bytes(with_durations(data, ticks.tolist()))
        times = read(path)[0]
        assert np.allclose(np.diff(times), ticks[:-1] / ticks_per_second(data), atol=1e-4)

    def test_repeated_timestamps_are_spread_and_noted(self, clip: Path, tmp_path: Path) -> None:
        data = clip.read_bytes()
        step = ticks_per_second(data) // 25
        path = tmp_path / "repeated.mp4"
        path.write_bytes(with_durations(data, [step] * 10 + [0] * 3 + [step] * 27))
        times, _, video = read(path)
        assert len(times) == 40
        assert (np.diff(times) > 0).all()
        assert video.notes
        assert "timestamp" in video.notes[0]

    @pytest.mark.parametrize(
        ("raw", "expected", "repaired"),
        [
            ([0.0, 0.1, 0.2], [0.0, 0.1, 0.2], 0),
            ([0.0, 0.1, 0.1, 0.3], [0.0, 0.1, 0.2, 0.3], 1),
            ([-0.2, -0.1, 0.0], [0.0, 0.1, 0.2], 0),
            ([0.0, 0.1, float("nan"), 0.3], [0.0, 0.1, 0.2, 0.3], 1),
            ([0.0, 0.0, 0.0], [0.0, 0.04, 0.08], 2),
            ([0.0, 0.1, -5.0, 0.3], [0.0, 0.1, 0.2, 0.3], 1),
            ([float("nan"), 0.1], [0.0, 0.1], 0),
        ],
    )
    def test_clock(self, raw: list[float], expected: list[float], repaired: int) -> None:
        clock = _Clock(step_s=0.04)
        assert np.allclose([clock.tick(time_s) for time_s in raw], expected)
        assert clock.repaired == repaired


def only_sound(data: bytes) -> bytes:
    """Call the picture track a sound track."""
    return change_boxes(
        data, lambda name, old: old[:8] + b"soun" + old[12:] if name == b"hdlr" else old
    )


def without_frames(data: bytes) -> bytes:
    """A sound header whose pictures are gone."""
    empty = {b"stts": struct.pack(">II", 0, 0), b"stsz": struct.pack(">III", 0, 0, 0)}
    empty[b"stsc"] = empty[b"stco"] = empty[b"stss"] = empty[b"stts"]
    return change_boxes(data, empty.get)


class TestRefused:
    @pytest.mark.parametrize(
        ("content", "words"),
        [
            (b"", "empty"),
            (b"just some words\n" * 50, "text file"),
            (b"#EXTM3U\n#EXTINF:10,\nclip.mp4\n#EXT-X-ENDLIST\n", "playlist"),
            (b"ffconcat version 1.0\nfile clip.mp4\n", "playlist"),
            (b"\x89PNG\r\n\x1a\n" + bytes(100), "still picture"),
            (b"RIFF\x00\x00\x00\x00WAVEfmt " + bytes(100), "sound"),
            (bytes(1000), "unknown kind"),
            (b"\x00\x00\x00\x18ftypisom" + bytes(1000), "not a readable video"),
        ],
    )
    def test_content(self, tmp_path: Path, content: bytes, words: str) -> None:
        path = tmp_path / "clip.mp4"
        path.write_bytes(content)
        with pytest.raises(SourceError, match=words), open_video(path):
            pass

    @pytest.mark.parametrize("damage", [only_sound, without_frames, lambda data: data[:1500]])
    def test_damaged(self, clip: Path, tmp_path: Path, damage: object) -> None:
        path = tmp_path / "damaged.mp4"
        path.write_bytes(damage(clip.read_bytes()))  # type: ignore[operator]
        with pytest.raises(SourceError, match=r"damaged\.mp4"), open_video(path):
            pass

    @pytest.mark.parametrize(
        "address",
        [
            "http://127.0.0.1:9/a.mp4",
            "rtsp://camera/1",
            "concat:/a.mp4|//b.mp4",
            "file:///a.mp4",
        ],
    )
    def test_address(self, address: str) -> None:
        with pytest.raises(SourceError, match="address"), open_video(address):
            pass

    def test_missing_folder_and_pattern(self, clip: Path) -> None:
        for path in (clip.parent / "none.mp4", clip.parent / "clip%d.mp4"):
            with pytest.raises(SourceError, match="no such file"), open_video(path):
                pass
        with pytest.raises(SourceError, match="folder"), open_video(clip.parent):
            pass
        with pytest.raises(SourceError, match="cannot be read"), open_video("a\0b.mp4"):
            pass

    def test_camera_that_is_not_there(self) -> None:
        with pytest.raises(SourceError, match="camera 77"), open_video(77):
            pass

    def test_limits(self, clip: Path) -> None:
        with (
            pytest.raises(SourceError, match="64 x 48"),
            open_video(clip, limits=VideoLimits(max_side_px=60)),
        ):
            pass
        with (
            pytest.raises(SourceError, match="minutes"),
            open_video(clip, limits=VideoLimits(max_length_s=1.0)),
        ):
            pass

    def test_longer_than_its_header_says(self, clip: Path, tmp_path: Path) -> None:
        data = clip.read_bytes()
        path = tmp_path / "long.mp4"
        path.write_bytes(with_durations(data, [ticks_per_second(data) // 25] * 39 + [1]))
        with open_video(path, limits=VideoLimits(max_length_s=1.62)) as video:
            video._limits = VideoLimits(max_length_s=0.5)
            with pytest.raises(SourceError, match="longer than"):
                list(video)


class TestDamagedInside:
    def test_goes_on_after_a_corrupt_part(self, clip: Path, tmp_path: Path) -> None:
        data = bytearray(clip.read_bytes())
        start = data.index(b"mdat") + 4
        stop = data.index(b"moov") - 4
        rng = np.random.default_rng(1)
        third = (stop - start) // 3
        data[start + third : start + 2 * third] = rng.bytes(third)
        path = tmp_path / "corrupt.mp4"
        path.write_bytes(bytes(data))
        times = read(path)[0]
        assert (np.diff(times) > 0).all()
        assert times[-1] == pytest.approx(39 / 25, abs=1e-3)

    def test_single_failures_are_not_the_end(self, clip: Path) -> None:
        with open_video(clip) as video:
            capture = video._capture
            video._capture = Failing(capture, at={5, 6, 20})
            times = [frame.time_s for frame in video]
            video._capture = capture
        assert len(times) == 40 - 3
        assert (np.diff(times) > 0).all()
        assert "3 damaged frames were skipped" in video.notes

    def test_cut_off_behind_the_index(self, clip: Path, tmp_path: Path) -> None:
        data = clip.read_bytes()
        at = data.index(b"moov") - 4
        ftyp = struct.unpack(">I", data[:4])[0]
        index = data[at:]

        def shift(name: bytes, old: bytes) -> bytes:
            if name != b"stco":
                return old
            offsets = struct.unpack(f">{(len(old) - 8) // 4}I", old[8:])
            return old[:8] + struct.pack(f">{len(offsets)}I", *(o + len(index) for o in offsets))

        moved = data[:ftyp] + change_boxes(index, shift) + data[ftyp:at]
        path = tmp_path / "cut.mp4"
        path.write_bytes(moved[: ftyp + len(index) + (at - ftyp) // 2])
        times, _, video = read(path)
        assert 2 < len(times) < 38
        assert any("promises 40 frames" in note for note in video.notes)


class Failing:
    """A capture whose `retrieve` fails now and then."""

    def __init__(self, capture: object, at: set[int]) -> None:
        self._capture, self._at, self._count = capture, at, 0

    def __getattr__(self, name: str) -> object:
        return getattr(self._capture, name)

    def retrieve(self) -> tuple[bool, np.ndarray | None]:
        self._count += 1
        if self._count in self._at:
            return False, None
        return self._capture.retrieve()  # type: ignore[attr-defined, no-any-return]


class TestWriting:
    @pytest.mark.parametrize("ending", [".mp4", ".webm", ".avi"])
    def test_round_trip(self, tmp_path: Path, ending: str, capfd: pytest.CaptureFixture) -> None:
        path = tmp_path / f"out{ending}"
        with open_writer(path, fps=20.0, size=(32, 48)) as writer:
            for number in range(10):
                writer.write(np.full((48, 32, 3), 20 * number, np.uint8))
        times, images, video = read(path)
        assert video.size == (32, 48)
        assert np.allclose(times, np.arange(10) / 20, atol=1e-3)
        assert [int(np.median(image)) for image in images] == pytest.approx(
            [20 * n for n in range(10)], abs=6
        )
        assert capfd.readouterr().err == ""

    def test_nothing_half_written(self, clip: Path, tmp_path: Path) -> None:
        path = tmp_path / "out.mp4"
        shutil.copy(clip, path)
        before = path.read_bytes()

        def fail() -> None:
            with open_writer(path, fps=25.0, size=(32, 32)) as writer:
                writer.write(np.zeros((32, 32, 3), np.uint8))
                raise KeyError

        with pytest.raises(KeyError):
            fail()
        assert path.read_bytes() == before
        assert [file.name for file in tmp_path.iterdir()] == ["out.mp4"]

    @pytest.mark.parametrize(
        ("name", "size", "words"),
        [
            ("out.gif", (32, 32), "format"),
            ("out.mp4", (31, 32), "even"),
            ("none/out.mp4", (32, 32), "folder"),
        ],
    )
    def test_refused(self, tmp_path: Path, name: str, size: tuple[int, int], words: str) -> None:
        with (
            pytest.raises(StorageError, match=words),
            open_writer(tmp_path / name, fps=25.0, size=size),
        ):
            pass
        assert list(tmp_path.iterdir()) == []

    def test_without_pictures(self, tmp_path: Path) -> None:
        with (
            pytest.raises(StorageError, match="no picture"),
            open_writer(tmp_path / "out.mp4", fps=25.0, size=(32, 32)),
        ):
            pass
        assert list(tmp_path.iterdir()) == []

    def test_wrong_picture(self, tmp_path: Path) -> None:
        with (
            pytest.raises(ValueError, match="needed"),
            open_writer(tmp_path / "out.mp4", fps=25.0, size=(32, 32)) as writer,
        ):
            writer.write(np.zeros((16, 32, 3), np.uint8))
