"""A mailed exercise arrives whole; anything suspicious is refused before a byte is written."""

import io
import pickle
import stat
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from stored import SQUAT, make_calibration, make_reference

from dtwcoach.errors import LibraryError
from dtwcoach.matching import archive
from dtwcoach.matching.archive import export_exercise, import_exercise
from dtwcoach.matching.exercise_file import format_exercise
from dtwcoach.matching.library import Library

TOML = format_exercise(SQUAT).encode()


@pytest.fixture
def sender(tmp_path: Path) -> Library:
    library = Library(tmp_path / "sender")
    library.add(SQUAT, [make_reference(1), make_reference(2)])
    library.save_calibration("squat", make_calibration(library))
    return library


def write_zip(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in members.items():
            file.writestr(name, data)
    return path


def test_an_exercise_travels_whole(sender: Library, tmp_path: Path) -> None:
    path = export_exercise(sender, "squat", tmp_path / "mail")
    assert path.name == "mail.dtwcoach"
    receiver = Library(tmp_path / "receiver")
    name, added = import_exercise(receiver, path)
    assert name == "squat"
    assert {i.id for i in added} == {i.id for i in sender.infos("squat")}
    assert receiver.exercise("squat") == SQUAT
    assert receiver.calibration("squat") is not None
    assert len(receiver.references("squat")) == 2
    assert import_exercise(receiver, path) == ("squat", ())
    again = export_exercise(receiver, "squat", tmp_path / "again.dtwcoach")
    assert again.read_bytes() == path.read_bytes()


def test_what_the_receiver_has_stays(sender: Library, tmp_path: Path) -> None:
    path = export_exercise(sender, "squat", tmp_path / "mail")
    receiver = Library(tmp_path / "receiver")
    mine = replace(SQUAT, title="Mine")
    receiver.add(mine, [make_reference(2), make_reference(3)])
    _, added = import_exercise(receiver, path)
    assert len(added) == 1
    assert len(receiver.infos("squat")) == 3
    assert receiver.exercise("squat") == mine
    assert receiver.calibration("squat") is None


SPECIAL = zipfile.ZipInfo("exercise.toml")
SPECIAL.external_attr = (stat.S_IFLNK | 0o777) << 16


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"exercise.toml": TOML, "../x.toml": b""}, r"'\.\./x\.toml' does not belong"),
        ({"exercise.toml": TOML, "/etc/x": b""}, "'/etc/x' does not belong"),
        ({"exercise.toml": TOML, "C:\\x": b""}, "does not belong"),
        ({"exercise.toml": TOML, "a.pkl": pickle.dumps({})}, "'a.pkl' does not belong"),
        ({"exercise.toml": TOML, "sub/": b""}, "'sub/' does not belong"),
        ({"exercise.toml": TOML, "0123456789ab.parquet": pickle.dumps({})}, "is damaged"),
        ({"exercise.toml": TOML, "calibration.json": b"{"}, "calibration.json is damaged"),
        ({"exercise.toml": bytes(3_000_000)}, "would unpack from"),
        ({"exercise.toml": b"\xff\xfe"}, "not UTF-8"),
        ({"exercise.toml": b"name = 3"}, "name = 3 arrived"),
        ({}, "holds no exercise.toml"),
    ],
)
def test_refused_and_nothing_written(
    tmp_path: Path, members: dict[str, bytes], message: str
) -> None:
    path = write_zip(tmp_path / "bad.dtwcoach", members)
    with pytest.raises(LibraryError, match=message):
        import_exercise(Library(tmp_path / "receiver"), path)
    assert {p.name for p in tmp_path.iterdir()} == {"bad.dtwcoach"}


def test_symlinks_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "bad.dtwcoach"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr(SPECIAL, "/etc/passwd")
    with pytest.raises(LibraryError, match="is not a plain file"):
        import_exercise(Library(tmp_path / "receiver"), path)


def test_members_that_appear_twice_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "bad.dtwcoach"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("exercise.toml", TOML)
        with pytest.warns(UserWarning):
            file.writestr("exercise.toml", TOML)
    with pytest.raises(LibraryError, match="does not belong"):
        import_exercise(Library(tmp_path / "receiver"), path)


@pytest.mark.parametrize("limit", ["MAX_MEMBERS", "MAX_MEMBER_BYTES", "MAX_TOTAL_BYTES"])
def test_limits(
    sender: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    path = export_exercise(sender, "squat", tmp_path / "mail")
    monkeypatch.setattr(archive, limit, 2)
    with pytest.raises(LibraryError):
        import_exercise(Library(tmp_path / "receiver"), path)


def test_a_reference_under_another_name_is_refused(sender: Library, tmp_path: Path) -> None:
    data = next(sender.folder("squat").glob("*.parquet")).read_bytes()
    path = write_zip(tmp_path / "bad", {"exercise.toml": TOML, "0123456789ab.parquet": data})
    with pytest.raises(LibraryError, match="its name does not belong to its content"):
        import_exercise(Library(tmp_path / "receiver"), path)


@pytest.mark.parametrize("cut", [0, 10, 500, -1])
def test_damaged_archives(sender: Library, tmp_path: Path, cut: int) -> None:
    path = export_exercise(sender, "squat", tmp_path / "mail")
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(LibraryError, match="not a readable dtwcoach archive"):
        import_exercise(Library(tmp_path / "receiver"), path)


def test_missing_archive(tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match="does not exist"):
        import_exercise(Library(tmp_path), tmp_path / "none.dtwcoach")


def test_flipped_bits_never_pass_unnoticed(sender: Library, tmp_path: Path) -> None:
    whole = export_exercise(sender, "squat", tmp_path / "mail").read_bytes()
    ids = {info.id for info in sender.infos("squat")}
    for place in range(0, len(whole), len(whole) // 60):
        data = bytearray(whole)
        data[place] ^= 16
        path = tmp_path / "flipped"
        path.write_bytes(io.BytesIO(data).getvalue())
        receiver = Library(tmp_path / f"receiver{place}")
        try:
            _, added = import_exercise(receiver, path)
        except LibraryError:
            assert not receiver.root.exists()
        else:
            assert {info.id for info in added} == ids
