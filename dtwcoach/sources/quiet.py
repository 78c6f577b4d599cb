"""Keeps native libraries from writing to the user's terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def quiet_stderr() -> Iterator[None]:
    """Send what native code writes to file descriptor 2 nowhere, for the length of the block.

    C++ libraries log past Python's `sys.stderr`. Python exceptions are not touched. Does nothing
    where the process has no descriptor 2 (a windowed program, say).
    """
    try:
        kept = os.dup(2)
    except OSError:
        yield
        return
    try:
        if sys.stderr is not None:
            sys.stderr.flush()
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 2)
        os.close(nowhere)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
