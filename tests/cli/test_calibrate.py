from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cli_recordings import record

from dtwcoach.cli import calibrate, main
from dtwcoach.cli.choices import chosen, differences
from dtwcoach.errors import CalibrationError, UsageError
from dtwcoach.matching.references import Exercise
from dtwcoach.matching.sensitivity import Sensitivity

SQUAT = Exercise("squat", "Squat", ignore=("left wrist",), tolerances={"left knee": 9.0})


@pytest.fixture(scope="session")
def labelled(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The three people's squats, and what each does wrong."""
    import shutil

    refs = tmp_path_factory.mktemp("labelled") / "refs"
    shutil.copytree(shared / "refs", refs)
    faults = {n: (("shallow", 15.0 + 10.0 * n),) for n in range(3)}
    for seed in (1, 2, 3):
        file = record(refs.parent / f"wrong-{seed}.parquet", seed=seed, reps=3, faults=faults)
        command = ["reference", "add", "squat", str(file), "--person", f"P{seed}", "--wrong"]
        assert main([*command, "--references", str(refs), "--no-report"]) == 0
    return refs


@pytest.fixture
def both(labelled: Path, place: Path) -> str:
    """A copy of that library, as an option's value; free to be changed."""
    import shutil

    shutil.copytree(labelled, place / "both")
    return str(place / "both")


def test_right_ones_alone(
    refs: str, as_json: Callable[..., Any], capsys: pytest.CaptureFixture[str]
) -> None:
    answer = as_json("calibrate", "squat", "--references", refs, "--no-report")
    assert answer["level"] == "references only"
    assert answer["rule"] == "median"
    assert (answer["right_reps"], answer["people"]) == (9, 3)
    assert answer["provisional"]
    assert "Weights were not learnt" in answer["why"]
    assert answer["estimates"]["balanced_accuracy"] == [None] * 3  # unknown without wrong ones
    assert answer["estimates"]["specificity"][0] is not None
    assert answer["page"] is None
    assert (Path(refs) / "squat" / "calibration.json").is_file()
    assert main(["calibrate", "squat", "--references", refs, "--no-report"]) == 0
    said = capsys.readouterr().out
    assert "Provisional; missing: references of real people" in said or "1 more right" in said
    assert "not known" in said


def test_labelled_ones_and_the_page(
    both: str, place: Path, as_json: Callable[..., Any], capsys: pytest.CaptureFixture[str]
) -> None:
    answer = as_json("calibrate", "squat", "--references", both)
    assert answer["level"] == "references and labelled repetitions"
    assert answer["wrong_reps"] == 9
    value, low, high = answer["estimates"]["balanced_accuracy"]
    assert 0.5 < value <= 1.0
    assert low <= value <= high
    confusion = answer["confusion"]
    assert sum(sum(row.values()) for row in confusion.values()) == 18
    misjudged = confusion["right"]["wrong"] + confusion["wrong"]["right"]
    assert len(answer["misjudged"]) == misjudged
    assert answer["before"] is None
    assert answer["saved"]
    page = Path(answer["page"])
    assert page.parent == place / "reports"
    assert "The border between right and wrong" in page.read_text("utf-8")
    assert main(["calibrate", "squat", "--references", both, "--html", "sub/look.html"]) == 0
    said = capsys.readouterr().out
    assert "features, all alike" in said
    assert "wrong ones called wrong (sensitivity)" in said
    assert str(place / "sub" / "look.html") in said


def test_trying_out_saves_nothing(
    both: str, place: Path, as_json: Callable[..., Any], capsys: pytest.CaptureFixture[str]
) -> None:
    kept = {path: path.read_bytes() for path in Path(both).rglob("*") if path.is_file()}
    command = ["calibrate", "squat", "--references", both, "--try", "--strictness", "4"]
    answer = as_json(*command)
    assert not answer["saved"]
    assert answer["page"] is None
    before, after = answer["before"]["confusion"], answer["confusion"]
    assert after["right"]["wrong"] > before["right"]["wrong"]
    assert answer["estimates"]["specificity"][0] < answer["before"]["estimates"]["specificity"][0]
    assert main(command) == 0
    said = capsys.readouterr().out
    assert "Changes: strictness 1 to 4" in said
    assert "Nothing was saved" in said
    assert {path: path.read_bytes() for path in kept} == kept
    assert {path for path in Path(both).rglob("*") if path.is_file()} == set(kept)
    assert not (place / "reports").exists()


def test_choices_are_kept_with_the_trainer_s_comments(
    both: str, as_json: Callable[..., Any], capsys: pytest.CaptureFixture[str]
) -> None:
    toml = Path(both) / "squat" / "exercise.toml"
    toml.write_text("# mine\n" + toml.read_text("utf-8"), "utf-8")
    command = ["calibrate", "squat", "--references", both, "--no-report"]
    made = ["--strictness", "1.2", "--tolerance", "left knee=10", "--ignore", "neck_angle"]
    answer = as_json(*command, *made)
    assert answer["tolerance"]["left_knee_angle"] == 10.0
    assert "neck_angle" not in answer["tolerance"]
    text = toml.read_text("utf-8")
    assert text.startswith("# mine\n")
    assert "strictness = 1.2" in text
    assert '"left knee" = 10.0' in text
    # What is stored is in force: another run changes nothing, and the file is up to date.
    assert as_json("exercises", "squat", "--references", both)["calibrated"]
    undone = ["--strictness", "1", "--tolerance", "left knee=auto", "--count", "neck_angle"]
    assert main([*command, *undone]) == 0
    said = capsys.readouterr().out
    assert "tolerance of left knee 10 to measured; neck_angle counts again" in said
    assert "Saved." in said
    again = as_json(*command)
    assert again["tolerances"] == {}
    assert again["strictness"] == 1.0
    assert "neck_angle" not in again["ignore"]


def test_strictness_is_part_of_every_figure(both: str, as_json: Callable[..., Any]) -> None:
    usual = as_json("calibrate", "squat", "--references", both, "--no-report")
    harsh = as_json("calibrate", "squat", "--references", both, "--no-report", "--strictness", "4")
    later = as_json("calibrate", "squat", "--references", both, "--no-report")
    assert later["confusion"] == harsh["confusion"] != usual["confusion"]
    assert later["estimates"] == harsh["estimates"]
    assert later["scores"] == usual["scores"]  # stored without it


def test_what_cannot_be_judged_by_is_not_saved_and_can_be_undone(
    both: str, as_json: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    toml = Path(both) / "squat" / "exercise.toml"
    before = toml.read_bytes()

    def refuse(*_: Any, **__: Any) -> None:
        raise CalibrationError("No feature is visible.")

    with monkeypatch.context() as patch:
        patch.setattr(calibrate, "calibrate", refuse)
        assert main(["calibrate", "squat", "--references", both, "--ignore", "trunk"]) == 1
    assert toml.read_bytes() == before
    toml.write_text(toml.read_text("utf-8").replace("counts = []", 'counts = ["neck_angle"]'))
    answer = as_json(
        "calibrate", "squat", "--references", both, "--count", "head", "--no-report", "--try"
    )
    assert answer["before"] is None  # nothing counted
    assert list(answer["tolerance"]) == ["neck_angle"]


@pytest.mark.parametrize(
    ("option", "said"),
    [
        (("--ignore", "left wirst"), "Did you mean 'left wrist'?"),
        (("--tolerance", "left knee=much"), "needed JOINT=NUMBER with a number above 0"),
        (("--tolerance", "left knee=-3"), "needed JOINT=NUMBER"),
        (("--tolerance", "left knee=nan"), "needed JOINT=NUMBER"),
        (("--tolerance", "10"), "needed a joint"),
        (("--tolerance", "left shin=10"), "needed a joint"),
        (("--tolerance", "left knee=auto"), "has no fixed tolerance for 'left knee'; there: none"),
        (("--count", "left_hip_angle"), "does not ignore 'left_hip_angle'; there: left"),
        (("--strictness", "0"), "needed a number from 0.1 to 10"),
        (("--athlete", "P1", "--try"), "only shows a personal baseline"),
    ],
)
def test_misuse_says_what_was_needed(
    option: tuple[str, ...], said: str, refs: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["calibrate", "squat", "--references", refs, *option]) == 2
    assert said in " ".join(capsys.readouterr().err.split())


def options(**given: Any) -> Namespace:
    return Namespace(**{"tolerance": [], "ignore": [], "count": [], "strictness": None, **given})


def test_choices_and_their_words() -> None:
    made = chosen(
        SQUAT,
        options(tolerance=["Left Knee=12", "trunk_forward=5"], ignore=["head"], strictness=0.8),
    )
    assert made.tolerances == {"left knee": 12.0, "trunk_forward": 5.0}
    assert made.ignore == ("left wrist", "head")
    assert differences(SQUAT, made) == [
        "strictness 1 to 0.8",
        "tolerance of left knee 9 to 12",
        "tolerance of trunk_forward measured to 5",
        "head no longer counts",
    ]
    back = chosen(made, options(tolerance=["trunk_forward=auto"], count=["left wrist"]))
    assert back == replace(made, tolerances={"left knee": 12.0}, ignore=("head",))
    assert chosen(SQUAT, options(ignore=["left wrist"])) == SQUAT
    with pytest.raises(UsageError):
        chosen(SQUAT, options(count=["head"]))


def test_a_personal_baseline_is_shown_and_not_stored(
    both: str, as_json: Callable[..., Any], capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["calibrate", "squat", "--references", both, "--athlete", "P2"]
    answer = as_json(*command)
    assert answer["level"] == "personal baseline"
    assert answer["right_reps"] == 3
    assert not answer["saved"]
    assert not (Path(both) / "squat" / "calibration.json").exists()
    assert main(command) == 0
    said = capsys.readouterr().out
    assert "personal baseline of P2" in said
    assert "dtwcoach score squat VIDEO --athlete P2" in said


def test_too_few_own_repetitions(refs: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["calibrate", "squat", "--references", refs, "--athlete", "Anna"]) == 1
    said = " ".join(capsys.readouterr().err.split())
    assert "0 right repetitions of 'Anna' arrived; a personal baseline needs 3" in said
    assert "P1 3, P2 3, P3 3" in said
    assert "dtwcoach reference add squat VIDEO --person Anna" in said


def test_score_judges_people_by_their_own(
    shared: Path, both: str, as_json: Callable[..., Any], capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["score", "squat", str(shared / "trainer-2.parquet"), "--references", both]
    answer = as_json(*command, "--athlete", "P2", "--no-report")
    assert answer["results"][0]["grounds"]["level"] == "personal baseline"
    assert main([*command, "--athlete", "P2", "--no-report"]) == 0
    assert "own right repetitions (personal baseline)" in capsys.readouterr().out
    answer = as_json(*command, "--athlete", "Anna", "--no-report")
    assert answer["results"][0]["grounds"]["level"] != "personal baseline"


def test_the_check_is_put_on_the_page(
    refs: str, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    phases = ("start", "way down", "bottom", "way up", "end")
    seen = Sensitivity("squat", "Squat", phases, float("nan"), 2, 2, "other people", 0, ())
    monkeypatch.setattr("dtwcoach.matching.sensitivity.sensitivity", lambda *_: seen)
    assert main(["calibrate", "squat", "--references", refs, "--check", "--html", "a.html"]) == 0
    assert 'data-figure="sight"' in (place / "a.html").read_text("utf-8")
    assert main(["calibrate", "squat", "--references", refs, "--html", "b.html"]) == 0
    assert 'data-figure="sight"' not in (place / "b.html").read_text("utf-8")


def test_calibrating_nothing(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["calibrate", "hopscotch"]) == 1
    assert "Unknown exercise" in capsys.readouterr().err
