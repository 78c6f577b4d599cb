from __future__ import annotations

import argparse
import io
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from dtwcoach.cli import main
from dtwcoach.cli.parser import build_parser
from dtwcoach.cli.plain import plain
from dtwcoach.errors import LibraryError, UsageError


def _parsers(parser: argparse.ArgumentParser, words: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """Every command, as the words that lead to it."""
    found = [words]
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, child in action.choices.items():
                found += _parsers(child, (*words, name))
    return found


COMMANDS = _parsers(build_parser())


def test_the_commands_are_those_that_people_were_told() -> None:
    names = {" ".join(words) for words in COMMANDS}
    actions = ["add", "list", "show", "remove", "relabel", "trim", "check", "sheet"]
    assert names == {
        "", "demo", "calibrate", "score", "live", "count", "reports", "history", "forget",
        "exercises", "doctor", "record", "reference", "reference export", "reference import",
        "recognise", "evaluate", "workout", *(f"reference {action}" for action in actions),
    }  # fmt: skip


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_help_shows_an_example(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*words, "--help"]) == 0
    text = capsys.readouterr().out
    assert "example" in text
    assert f"dtwcoach {' '.join(words)}" in text.split("example", 1)[1]


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_example_is_a_command_that_parses(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    main([*words, "--help"])
    for line in capsys.readouterr().out.split("example", 1)[1].splitlines()[1:]:
        if line.startswith("  dtwcoach "):
            command = shlex.split(line.split("   ")[0])[1:]
            assert build_parser().parse_args(command).run


@pytest.mark.parametrize("words", [w for w in COMMANDS if w not in ((), ("reference",))])
def test_every_command_has_a_function(words: tuple[str, ...]) -> None:
    from importlib import import_module

    parser = build_parser()
    for word in words:
        (subparsers,) = (a for a in parser._actions if isinstance(a, argparse._SubParsersAction))
        parser = subparsers.choices[word]
    module, function = parser.get_default("run").split(":")
    assert callable(getattr(import_module(f"dtwcoach.cli.{module}"), function))


@pytest.mark.parametrize(
    "command",
    [
        [],
        ["frobnicate"],
        ["score"],
        ["score", "squat"],
        ["score", "squat", "x.mp4", "--height", "tall"],
        ["score", "squat", "x.mp4", "--height", "nan"],
        ["score", "squat", "x.mp4", "--jobs", "0"],
        ["score", "squat", "x.mp4", "--reps", "-1"],
        ["score", "squat", "x.mp4", "--frame-size", "640"],
        ["reference", "add", "squat", "x.mp4", "--label", "good"],
        ["reference", "add", "squat", "x.mp4", "--wrong", "--label", "right"],
        ["reference", "trim", "squat", "abc", "-1", "2"],
    ],
)
def test_misuse_is_2_and_says_why(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(command) == 2
    said = capsys.readouterr()
    assert "usage: dtwcoach" in said.err
    assert not said.out


@pytest.mark.parametrize(
    ("error", "code"), [(LibraryError("lost\x1b[2J"), 1), (UsageError("no"), 2)]
)
def test_an_error_is_one_line(
    error: Exception,
    code: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def fail(options: argparse.Namespace) -> int:
        raise error

    monkeypatch.setattr("dtwcoach.cli.exercises.run", fail)
    assert main(["exercises"]) == code
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == f"dtwcoach: {plain(str(error))}\n"
    assert "\x1b" not in said.err


def test_a_bug_keeps_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(options: argparse.Namespace) -> int:
        raise ZeroDivisionError

    monkeypatch.setattr("dtwcoach.cli.exercises.run", fail)
    with pytest.raises(ZeroDivisionError):
        main(["exercises"])


def test_ctrl_c_is_130(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def stop(options: argparse.Namespace) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr("dtwcoach.cli.exercises.run", stop)
    assert main(["exercises"]) == 130
    assert "Stopped" in capsys.readouterr().err


def test_a_terminal_without_our_signs_is_no_reason_to_stop(
    shared: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bytes_out = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(bytes_out, encoding="ascii"))
    command = ["score", "squat", str(shared / "set.parquet"), "--no-report"]
    assert main([*command, "--references", str(shared / "refs")]) == 0
    assert b"wrong" in bytes_out.getvalue()


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys; from dtwcoach.cli import main; main(['score', '--help']);"
        "print('numpy' in sys.modules or 'rich' in sys.modules, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "False"


def test_python_m_is_the_same_command() -> None:
    command = [sys.executable, "-m", "dtwcoach", "reference", "show"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "usage: dtwcoach reference show" in done.stderr


def test_a_reader_that_leaves_early_is_no_error(shared: Path) -> None:
    command = [sys.executable, "-m", "dtwcoach", "exercises", "--features"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        assert process.stderr.read() == b""


@pytest.mark.parametrize("bad", ["\x1b]0;x\x07", "\u202e", "\u200b", "\udcff", "\x9b"])
def test_plain_takes_the_steering_out(bad: str) -> None:
    assert plain(f"a{bad[0]}b") == "a�b"
    assert bad[0] not in plain(bad)
