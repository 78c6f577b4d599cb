"""Reading JSON that others wrote."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from dtwcoach.errors import SourceError


def read_json(path: Path) -> Any:
    """Read a JSON file.

    Raises
    ------
    SourceError
        When it cannot be read or is not JSON.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        raise SourceError(f"{path} is not readable as JSON: {error}.") from error


def outline(document: Any) -> str:
    """What arrived, in a few words, for error messages.

    >>> outline({"a": 1, "b": []}), outline([]), outline(3)
    ('an object with the keys a, b', 'an empty list', 'int')
    """
    if isinstance(document, dict):
        return f"an object with the keys {', '.join(list(document)[:6]) or '(none)'}"
    if isinstance(document, list):
        return f"a list of {outline(document[0])}" if document else "an empty list"
    return type(document).__name__
