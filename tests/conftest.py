"""Options of the whole suite."""

from __future__ import annotations

import pytest
from hypothesis import settings

settings.register_profile("suite", deadline=None)  # no test asserts a time
settings.load_profile("suite")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Golden files change only on demand."""
    parser.addoption(
        "--update-golden", action="store_true", help="write the golden files of tests/data anew"
    )
