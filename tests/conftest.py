"""Options of the whole suite."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Golden files change only on demand."""
    parser.addoption(
        "--update-golden", action="store_true", help="write the golden files of tests/data anew"
    )
