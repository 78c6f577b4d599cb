"""What is stored comes back; what cannot be trusted is refused."""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
from stored import SQUAT, make_calibration, make_reference

from dtwcoach.errors import CalibrationError, LibraryError, StorageError
from dtwcoach.matching import reference_file
from dtwcoach.matching.exercise_file import format_exercise, parse_exercise
from dtwcoach.matching.library import Library, library_root, starter_root
from dtwcoach.matching.references import Exercise
from dtwcoach.motion.features import FEATURE_NAMES
from dtwcoach.storage import slug, write_lock


@pytest.fixture
def library(tmp_path: Path) -> Library:
    made = Library(tmp_path / "references")
    made.add(SQUAT, [make_reference(1), make_reference(2)])
    return made


def reference_paths(library: Library, name: str = "squat") -> list[Path]:
    return sorted(library.folder(name).glob("*.parquet"))


def test_what_is_added_comes_back(tmp_path: Path) -> None:
    library = Library(tmp_path)
    given = make_reference(1, view_yaw_deg=45.0)
    (info,) = library.add(SQUAT, [given])
    (stored,) = library.references("squat", model="model-a", settings="settings-a")
    assert library.exercises() == ("squat",)
    assert library.exercise("Squat") == SQUAT
    assert stored.info == info == library.infos("squat")[0]
    assert replace(info, id="") == given.info
    assert stored.series.names == FEATURE_NAMES
    np.testing.assert_array_equal(stored.series.time_s, given.series.time_s)
    np.testing.assert_allclose(stored.series.values, given.series.values, rtol=1e-6)
    np.testing.assert_allclose(stored.positions, given.positions, rtol=1e-6, atol=1e-7)
    assert not stored.positions.flags.writeable


def test_unknown_view_comes_back_as_nan(library: Library) -> None:
    assert all(np.isnan(info.view_yaw_deg) for info in library.infos("squat"))


def test_the_same_repetition_is_kept_once(library: Library) -> None:
    assert library.add(SQUAT, [make_reference(1), make_reference(1)]) == ()
    assert len(library.infos("squat")) == 2
    stored = library.references("squat")
    assert library.add(SQUAT, stored) == ()


def test_the_same_repetition_with_the_other_label_is_refused(library: Library) -> None:
    with pytest.raises(LibraryError, match="already stored as 'right'.*relabel squat"):
        library.add(SQUAT, [make_reference(1, label="wrong")])


def test_reading_makes_no_folder(tmp_path: Path) -> None:
    library = Library(tmp_path / "none")
    assert library.exercises() == ()
    with pytest.raises(LibraryError, match="Known: none yet"):
        library.exercise("squat")
    assert not (tmp_path / "none").exists()


def test_unknown_exercise_names_the_closest(library: Library) -> None:
    with pytest.raises(LibraryError, match=r"'sqat'\. Did you mean 'squat'\? Known: squat"):
        library.exercise("sqat")


@pytest.mark.parametrize("name", ["../x", "CON", "a\0b", "x" * 300, "\u202eabc", "cafe\u0301"])
def test_any_name_is_data(tmp_path: Path, name: str) -> None:
    library = Library(tmp_path / "references")
    library.add(Exercise(name, "Title"), [make_reference(1)])
    assert library.exercise(name).name == name
    assert library.exercises() == (name,)
    assert len(library.references(name)) == 1
    assert {p.name for p in tmp_path.iterdir()} == {"references"}
    assert {p.name for p in (tmp_path / "references").iterdir()} == {slug(name), ".lock"}


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"model": "model-b"}, r"2 of 2 .* the pose model model-a, this recording with model-b"),
        ({"settings": "settings-b"}, r"the settings settings-a, this recording with settings-b"),
    ],
)
def test_other_model_or_settings_are_refused_with_the_command(
    library: Library, asked: dict[str, str], message: str
) -> None:
    with pytest.raises(LibraryError, match=message) as caught:
        library.references("squat", **asked)
    assert "dtwcoach reference add squat trainer.mp4" in str(caught.value)


@pytest.mark.parametrize(
    ("source", "label", "command"),
    [
        ("my take.mp4", "wrong", "reference add squat my take.mp4 --wrong"),
        ("takes.csv take 12", "right", "reference add squat takes.csv"),
        ("record 2026-01-01 10:00:00 take 3", "wrong", "record squat"),
    ],
)
def test_what_is_refused_is_made_anew_as_it_was_made(
    tmp_path: Path, source: str, label: str, command: str
) -> None:
    library = Library(tmp_path)
    library.add(SQUAT, [make_reference(1, source=source, label=label)])
    with pytest.raises(LibraryError) as caught:
        library.references("squat", model="model-b")
    assert str(caught.value).endswith(f"\n  dtwcoach {command}")


def test_adding_the_recording_again_rebuilds_the_library(library: Library) -> None:
    library.add(SQUAT, [make_reference(9, source="other.mp4")])
    library.add(SQUAT, [make_reference(3, settings="settings-b")])
    kept = {(info.source, info.settings) for info in library.infos("squat")}
    assert kept == {("other.mp4", "settings-a"), ("trainer.mp4", "settings-b")}


@pytest.mark.parametrize("part", [0.0, 0.05, 0.3, 0.6, 0.999])
def test_a_flipped_bit_is_found_and_the_file_named(library: Library, part: float) -> None:
    path = reference_paths(library)[0]
    before = library.references("squat")
    data = bytearray(path.read_bytes())
    data[int(part * (len(data) - 1))] ^= 4
    path.write_bytes(data)
    try:
        after = library.references("squat")
    except LibraryError as error:
        assert path.name in str(error)
        return
    # A bit that carries nothing (padding) may flip; then everything must still be the same.
    for one, other in zip(before, after, strict=True):
        assert asdict(one.info) | {"view_yaw_deg": 0} == asdict(other.info) | {"view_yaw_deg": 0}
        np.testing.assert_array_equal(one.series.values, other.series.values)


def test_every_flipped_bit_of_a_value_is_found(library: Library) -> None:
    reference = library.references("squat")[0]
    data = bytearray(reference_file.encode_reference(reference))
    label = data.index(b'\\"right\\"') if b'\\"right\\"' in data else data.index(b'"right"')
    data[label + 1 : label + 6] = b"wrong"
    with pytest.raises(LibraryError, match="checksum of its metadata"):
        reference_file.decode_reference(bytes(data), where="x.parquet")


def test_damaged_data_is_found(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    reference = library.references("squat")[0]
    monkeypatch.setattr(reference_file, "_digest", lambda *_: "0" * 64)
    data = reference_file.encode_reference(reference)
    monkeypatch.undo()
    with pytest.raises(LibraryError, match=r"x\.parquet is damaged .*checksum"):
        reference_file.decode_reference(data, where="x.parquet")


@pytest.mark.parametrize("content", [b"", b"text", b"PAR1" * 10])
def test_other_files_are_no_references(library: Library, content: bytes) -> None:
    (library.folder("squat") / "0123456789ab.parquet").write_bytes(content)
    for read in (library.references, library.infos):
        with pytest.raises(LibraryError, match=r"0123456789ab\.parquet is damaged"):
            read("squat")


@pytest.mark.parametrize(
    ("schema", "message"), [(99, "newer dtwcoach"), (0, "rebuild it with `dtwcoach reference add")]
)
def test_other_schemas_are_refused(
    library: Library, monkeypatch: pytest.MonkeyPatch, schema: int, message: str
) -> None:
    reference = library.references("squat")[0]
    monkeypatch.setattr(reference_file, "SCHEMA_VERSION", schema)
    reference_paths(library)[0].write_bytes(reference_file.encode_reference(reference))
    monkeypatch.undo()
    with pytest.raises(LibraryError, match=message):
        library.references("squat")


def test_remove(library: Library) -> None:
    first, second = library.infos("squat")
    library.remove("squat", first.id)
    assert [info.id for info in library.infos("squat")] == [second.id]
    with pytest.raises(LibraryError, match=rf"No reference {first.id!r} in squat. There: "):
        library.remove("squat", first.id)
    with pytest.raises(LibraryError, match="No reference"):
        library.remove("squat", "../../x")


def test_relabel(library: Library) -> None:
    first = library.infos("squat")[0]
    assert library.relabel("squat", first.id, "wrong").label == "wrong"
    assert {info.label for info in library.infos("squat")} == {"right", "wrong"}
    assert len(library.references("squat")) == 2
    with pytest.raises(LibraryError, match="'good' arrived"):
        library.relabel("squat", first.id, "good")


def test_trim_keeps_the_range_and_changes_the_id(library: Library) -> None:
    before = library.references("squat")[0]
    info = library.trim("squat", before.info.id, 0.2, 1.0)
    after = next(r for r in library.references("squat") if r.info.id == info.id)
    keep = (before.series.time_s >= 0.2) & (before.series.time_s < 1.0)
    np.testing.assert_array_equal(after.series.values, before.series.values[keep])
    assert after.series.time_s[0] == 0.0
    assert info.start_s == pytest.approx(before.info.start_s + 0.2)
    assert info.stop_s - info.start_s == pytest.approx(after.series.time_s[-1])
    assert info.turn_s == before.info.turn_s
    assert len(library.infos("squat")) == 2


@pytest.mark.parametrize(
    ("start_s", "stop_s", "message"),
    [
        (-1.0, 1.0, "inside 0-1.3"),
        (1.0, 0.5, "inside"),
        (float("nan"), 1.0, "inside"),
        (0.9, 1.2, "turn"),
        (0.0, 0.3, "turn"),
        (5.0, 6.0, "turn"),
    ],
)
def test_trim_refuses(library: Library, start_s: float, stop_s: float, message: str) -> None:
    name = library.infos("squat")[0].id
    with pytest.raises(LibraryError, match=message):
        library.trim("squat", name, start_s, stop_s)
    assert len(library.references("squat")) == 2


def test_calibration_comes_back_until_something_changes(library: Library) -> None:
    assert "not been calibrated" in library.calibration_status("squat")[1]
    given = make_calibration(library)
    library.save_calibration("squat", given)
    stored = library.calibration("squat")
    assert stored is not None
    assert np.isnan(stored.balanced_accuracy)
    np.testing.assert_equal(asdict(stored), asdict(given))

    first = library.infos("squat")[0].id
    library.relabel("squat", first, "wrong")
    assert library.calibration("squat") is None
    library.relabel("squat", first, "right")
    assert library.calibration("squat") is not None

    library.save_exercise(replace(SQUAT, ignore=("left wrist",)))
    assert "exercise.toml" in library.calibration_status("squat")[1]
    library.save_exercise(replace(SQUAT, groups=("body", "hands")))
    assert "exercise.toml" in library.calibration_status("squat")[1]
    library.save_exercise(replace(SQUAT, title="Deep squat"))
    assert library.calibration("squat") is not None

    library.add(SQUAT, [make_reference(3)])
    assert "references of squat changed" in library.calibration_status("squat")[1]


@pytest.mark.parametrize("threshold", [float("nan"), 0.0, -1.0, float("inf")])
def test_unusable_threshold_is_refused(library: Library, threshold: float) -> None:
    with pytest.raises(CalibrationError, match="threshold = .* needed a number above 0"):
        library.save_calibration("squat", make_calibration(library, threshold=threshold))
    library.save_calibration("squat", make_calibration(library))
    path = library.folder("squat") / "calibration.json"
    document = json.loads(path.read_text())
    document["calibration"]["threshold"] = threshold
    path.write_text(json.dumps(document))
    with pytest.raises(CalibrationError, match=r"calibration\.json: threshold"):
        library.calibration("squat")


def test_calibration_of_other_references_is_refused(library: Library) -> None:
    with pytest.raises(LibraryError, match="rests on 1 references that are not the 2"):
        library.save_calibration("squat", make_calibration(library, references=("0" * 12,)))


@pytest.mark.parametrize("text", ["", "{", "[]", '{"schema": 1, "layout": 2}', '{"schema": 99}'])
def test_damaged_calibration_names_its_file(library: Library, text: str) -> None:
    (library.folder("squat") / "calibration.json").write_text(text)
    with pytest.raises(LibraryError, match=r"calibration\.json"):
        library.calibration("squat")


@pytest.fixture
def with_starters(tmp_path: Path) -> Library:
    starters = Library(tmp_path / "starters")
    starters.add(SQUAT, [make_reference(n, synthetic=True) for n in (5, 6)])
    starters.save_calibration("squat", make_calibration(starters))
    return Library(tmp_path / "references", starters=tmp_path / "starters")


def snapshot(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_starters_serve_what_the_user_lacks(with_starters: Library) -> None:
    assert with_starters.exercises() == ("squat",)
    assert with_starters.is_starter("squat")
    assert len(with_starters.references("squat")) == 2
    assert with_starters.calibration("squat") is not None
    assert not with_starters.root.exists()


def test_changing_a_starter_copies_it_first(with_starters: Library) -> None:
    assert with_starters.starters is not None
    before = snapshot(with_starters.starters / "squat")
    first, second = with_starters.infos("squat")
    with_starters.remove("squat", first.id)
    assert [info.id for info in with_starters.infos("squat")] == [second.id]
    assert not with_starters.is_starter("squat")
    assert snapshot(with_starters.starters / "squat") == before

    with_starters.save_exercise(replace(SQUAT, title="Mine"))
    assert with_starters.exercise("squat").title == "Mine"
    assert snapshot(with_starters.starters / "squat") == before


def test_own_repetitions_take_the_place_of_starters(with_starters: Library) -> None:
    with_starters.add(Exercise("squat", "ignored"), [make_reference(1)])
    assert [info.synthetic for info in with_starters.infos("squat")] == [False]
    assert with_starters.exercise("squat") == SQUAT


def test_an_empty_folder_is_in_nobodys_way(with_starters: Library) -> None:
    (with_starters.root / "squat").mkdir(parents=True)
    assert with_starters.is_starter("squat")
    with_starters.save_exercise(replace(SQUAT, title="Mine"))
    assert len(with_starters.references("squat")) == 2
    (with_starters.root / "lunge").mkdir()
    with_starters.add(Exercise("lunge", "Lunge"), [make_reference(1)])
    assert with_starters.exercises() == ("lunge", "squat")


def test_two_writers_are_both_kept(tmp_path: Path) -> None:
    def add(seed: int) -> None:
        Library(tmp_path).add(SQUAT, [make_reference(seed, source=f"{seed}.mp4")])

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(add, range(8)))
    assert len(Library(tmp_path).references("squat")) == 8


def test_writing_while_another_writes_says_so(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dtwcoach.matching.library.WAIT_S", 0.0)
    with write_lock(library.root), pytest.raises(StorageError, match="Another dtwcoach"):
        library.remove("squat", library.infos("squat")[0].id)
    assert len(library.infos("squat")) == 2


def test_reading_imports_no_pandas(library: Library) -> None:
    code = (
        "import sys; from pathlib import Path; from dtwcoach.matching.library import Library\n"
        "assert 'pyarrow' not in sys.modules\n"
        "assert len(Library(Path(sys.argv[1])).references('squat')) == 2\n"
        "print({'pandas', 'scipy', 'tslearn', 'tomlkit'} & set(sys.modules))\n"
    )
    command = [sys.executable, "-c", code, str(library.root)]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "set()"


def test_roots(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("DTWCOACH_REFERENCES", raising=False)
    assert library_root() == Path("references")
    monkeypatch.setenv("DTWCOACH_REFERENCES", str(tmp_path))
    assert library_root() == tmp_path
    assert library_root(Path("x")) == Path("x")
    assert starter_root().is_dir()


def test_comments_of_a_trainer_are_kept() -> None:
    text = format_exercise(SQUAT).replace("counts = []", "counts = []  # all of them, says Ann")
    text = text.replace("[min_rom]", "[min_rom]\n# knees matter most")
    changed = replace(
        SQUAT, title="Deep squat", min_rom={"left_knee_angle": 50.0}, symmetric=True,
        tolerances={"trunk_forward": 7.0},
    )  # fmt: skip
    again = format_exercise(changed, previous=text)
    assert parse_exercise(again) == changed
    assert "# all of them, says Ann" in again
    assert "# knees matter most" in again
    back = format_exercise(SQUAT, previous=again)
    assert parse_exercise(back) == SQUAT
    assert "# all of them, says Ann" in back


def test_a_file_saved_by_notepad(library: Library) -> None:
    path = library.folder("squat") / "exercise.toml"
    text = path.read_text(encoding="utf-8").replace("\n", "\r\n")
    path.write_bytes(b"\xef\xbb\xbf" + text.encode())
    library.save_exercise(replace(library.exercise("squat"), title="Ü"))
    assert library.exercise("squat").title == "Ü"


def test_what_a_trainer_has_judged_survives_the_file() -> None:
    chosen = replace(SQUAT, judge_rom=False, judge_tempo=True)
    assert parse_exercise(format_exercise(chosen)) == chosen
    assert parse_exercise(format_exercise(chosen, previous=format_exercise(SQUAT))) == chosen


def test_holds_and_alternating_sides_survive_the_file() -> None:
    for chosen in (
        replace(SQUAT, kind="hold"),
        replace(SQUAT, sides="each"),
        replace(SQUAT, sides="pair"),
    ):
        text = format_exercise(chosen)
        assert parse_exercise(text) == chosen
        assert text.index('kind = "') < text.index("[tolerances]")


def test_a_file_from_before_holds_stays_readable_and_gets_the_keys() -> None:
    old = "\n".join(
        line
        for line in format_exercise(SQUAT).split("\n")
        if not line.startswith(("kind", "sides"))
    )
    assert parse_exercise(old) == SQUAT
    assert (SQUAT.kind, SQUAT.sides) == ("repetitions", "together")
    again = format_exercise(replace(SQUAT, sides="pair"), previous=old)
    assert parse_exercise(again) == replace(SQUAT, sides="pair")


def test_minimal_file_is_enough() -> None:
    assert parse_exercise('name = "squat"\ntitle = "Squat"') == Exercise("squat", "Squat")
    previous = 'name = "squat"\ntitle = "Squat"\n[film]\nyaw_deg = 30\n'
    changed = replace(parse_exercise(previous), driving=("left_knee_angle",))
    assert parse_exercise(format_exercise(changed, previous=previous)) == changed


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("symmetric = 1", "symmetric = 1 arrived; needed true or false"),
        ("judge_tempo = 0", "judge_tempo = 0 arrived; needed true or false"),
        ('judge_rom = "no"', "judge_rom = 'no' arrived; needed true or false"),
        ('driving = "left_knee_angle"', "driving = 'left_knee_angle' arrived; needed a list"),
        ('kind = "plank"', r"kind = 'plank' arrived; needed \"repetitions\" or \"hold\""),
        ("kind = 1", "kind = 1 arrived; needed text in quotes"),
        ('sides = "left"', r"sides = 'left' arrived; needed \"together\" or \"each\" or \"pair\""),
        ('kind = "hold"\nsides = "each"', "two exercises"),
        ("tolerence = 3", "unknown key 'tolerence'. Did you mean 'tolerances'"),
        ('tolerances = {left_knee_angle = "9"}', "tolerances = .* needed lines of"),
        ("tolerances = {left_knee_angle = -9}", "left_knee_angle = -9.0 arrived; needed a number"),
        ("min_rom = {left_knee_angle = nan}", "left_knee_angle = nan arrived"),
        ('counts = ["left_knee_angel"]', "unknown feature 'left_knee_angel'"),
        ('phases = ["up"]', "1 phases arrived; needed 5"),
        ("film = {yaw = 3}", "unknown key 'film.yaw'. Did you mean 'film.yaw_deg'"),
        ('film = {yaw_deg = "left"}', "film.yaw_deg = 'left' arrived; needed a number"),
        ("schema = 99", "newer dtwcoach"),
        ('schema = "1"', "schema = '1' arrived; needed a whole number"),
        ("=", "not readable as TOML"),
    ],
)
def test_mistakes_in_the_file_name_the_key(line: str, message: str) -> None:
    with pytest.raises(LibraryError, match=message) as caught:
        parse_exercise(f'name = "squat"\ntitle = "Squat"\n{line}', where="exercise.toml")
    assert "exercise.toml" in str(caught.value)


def test_name_and_title_are_needed() -> None:
    with pytest.raises(LibraryError, match="key 'title' is missing"):
        parse_exercise('name = "squat"')
    with pytest.raises(LibraryError, match="name = '' arrived"):
        parse_exercise('name = ""\ntitle = "Squat"')


def test_a_name_that_left_its_folder_is_explained(library: Library) -> None:
    path = library.folder("squat") / "exercise.toml"
    path.write_text('name = "lunge"\ntitle = "Squat"')
    with pytest.raises(LibraryError, match="name = 'lunge' does not belong to the folder 'squat'"):
        library.exercise("squat")


def test_file_of_a_newer_program_is_not_overwritten(library: Library) -> None:
    path = library.folder("squat") / "exercise.toml"
    path.write_text('schema = 99\nname = "squat"\ntitle = "Squat"')
    with pytest.raises(LibraryError, match="newer dtwcoach"):
        library.save_exercise(SQUAT)
    assert "99" in path.read_text()
