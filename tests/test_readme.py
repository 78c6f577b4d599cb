"""What the README tells people to type works, and what it points to is there."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from athletes import filmed

from dtwcoach.cli import main
from dtwcoach.cli.parser import build_parser
from dtwcoach.matching.reasons import MAX_VIEW_DIFFERENCE_DEG
from dtwcoach.pose import mirrored
from dtwcoach.sources.parquet import write_pose

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = ("README.md", "CONTRIBUTING.md", "ARCHITECTURE.md", "CHANGELOG.md")
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")


def shell_lines() -> list[str]:
    blocks = re.findall(r"```sh\n(.*?)```", TEXT, flags=re.DOTALL)
    return [line for block in blocks for line in block.splitlines() if line.strip()]


def dtwcoach_commands() -> list[list[str]]:
    commands = []
    for line in shell_lines():
        words = shlex.split(line.split("&&")[-1])
        if "dtwcoach" in words:
            commands.append(words[words.index("dtwcoach") + 1 :])
    return commands


def test_both_commands_are_there() -> None:
    assert "pip install uv && uv run dtwcoach demo" in shell_lines()
    assert "pip install uv && uv run pytest" in shell_lines()


@pytest.mark.parametrize("words", dtwcoach_commands(), ids=" ".join)
def test_every_command_is_understood(words: list[str]) -> None:
    build_parser().parse_args(words)


def test_the_ways_of_trainer_and_athlete(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Runs them in the README's order, on pose files in place of videos."""
    monkeypatch.chdir(tmp_path)
    for name in ("cache", "history"):
        monkeypatch.setenv(f"DTWCOACH_{name.upper()}", str(tmp_path / name))
    for name in ("DTWCOACH_REFERENCES", "DTWCOACH_REPORTS"):
        monkeypatch.delenv(name, raising=False)
    shallow = dict.fromkeys(range(2), (("shallow", 40.0),))
    for number, (name, faults) in enumerate(
        [("right", {}), ("too-shallow", shallow), ("get-up", {}), ("my-set", {}), ("monday", {}),
         ("tuesday", {}), ("selfie", {})]
    ):  # fmt: skip
        pose = filmed("squat", 101 + number % 2, reps=2, faults=faults)
        write_pose(Path(f"{name}.parquet"), mirrored(pose) if name == "selfie" else pose)
    plan = re.search(r"```toml\n(.*?)```", TEXT, flags=re.DOTALL)
    assert plan  # of squats and of what starters know from videos only
    Path("plan.toml").write_text(plan[1].replace("lunge", "turkish get-up"))
    write_pose(Path("plank.parquet"), filmed("plank", 101, reps=1, hold_s=4.0))
    write_pose(Path("knees.parquet"), filmed("high_knees", 101, reps=4))
    known = ""

    def runs(words: list[str]) -> None:
        ready = [word.replace(".mp4", ".parquet") for word in words]
        ready = [known if re.fullmatch("[0-9a-f]{12}", word) else word for word in ready]
        code = main(ready)
        said = capsys.readouterr()
        assert code == 0, (ready, said)

    commands = [words for words in dtwcoach_commands() if words != ["demo"]]
    trainer = [words for words in commands if words[0] in ("reference", "calibrate")]
    for words in trainer:
        if "relabel" in words or "trim" in words or "remove" in words:
            known = sorted(path.stem for path in Path("references/squat").glob("*.parquet"))[0]
        runs(words)
    for words in commands:
        if words not in trainer:
            runs(words)
    assert list(Path("reports").glob("*.html"))


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links_lead_somewhere(document: str) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#]+)", text):
        assert target.startswith("https://") or (ROOT / target).exists(), target


@pytest.mark.parametrize("document", DOCUMENTS)
def test_files_named_are_there(document: str) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    for name in re.findall(r"`((?:dtwcoach|tests|docs|benchmarks)/[\w/.]+\.\w+)`", text):
        assert (ROOT / name).is_file(), name


def test_figures_in_the_text_are_those_of_the_program() -> None:
    assert f"more than {MAX_VIEW_DIFFERENCE_DEG:.0f} degrees off is refused" in " ".join(
        TEXT.split()
    )


def test_the_picture_is_small() -> None:
    assert (ROOT / "docs" / "report.png").stat().st_size < 300_000
