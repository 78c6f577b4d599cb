"""Text of others, such as file names, made safe to print."""

from __future__ import annotations

import unicodedata


def plain(text: str, *, lines: bool = False) -> str:
    r"""Return text without characters that steer a terminal or turn the writing direction.

    Parameters
    ----------
    text : str
    lines : bool
        Keep line breaks.

    Examples
    --------
    >>> plain("squat\x1b[2J.mp4"), plain("a\u202eb\nc")
    ('squat�[2J.mp4', 'a�b c')
    """
    return "".join(_safe(character, lines) for character in text)


def _safe(character: str, lines: bool) -> str:
    if character in "\n\t":
        return character if lines else " "
    # Cc: control characters; Cf: invisible ones that turn the direction; Cs: bytes of a file
    # name that are no text.
    return "�" if unicodedata.category(character) in ("Cc", "Cf", "Cs") else character
