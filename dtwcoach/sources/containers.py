"""What kind of file it is, by its first bytes: only real video containers reach the decoder.

FFmpeg would also open playlists, concat scripts, subtitles and pictures, whatever the file is
called; some of them name further files or addresses to read.
"""

from __future__ import annotations

import re
from pathlib import Path

from dtwcoach.errors import SourceError

_ADDRESS = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]+:(//?[^/\\]|[^/\\]*//)")
_ISO_BOXES = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot")
_MAGICS = (
    b"\x1a\x45\xdf\xa3",  # mkv, webm
    b"FLV\x01",
    b"OggS",
    bytes.fromhex("3026b2758e66cf11"),  # asf, wmv
    b"\x00\x00\x01\xba",  # MPEG program stream
    b"\x00\x00\x01\xb3",  # MPEG video
)
_HEAD_BYTES = 400


def check_container(path: Path) -> None:
    """Raise `SourceError` unless `path` is a local file that starts like a video container."""
    if _ADDRESS.match(str(path)):
        raise SourceError(f"{path}: an address, not a file. Download the video first.")
    if path.is_dir():
        raise SourceError(f"{path}: a folder, not a video. Name the files inside it.")
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
    except FileNotFoundError:
        raise SourceError(f"{path}: no such file. Check the name and the folder.") from None
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        raise SourceError(f"{path}: cannot be read: {error}.") from error
    if not head:
        raise SourceError(f"{path.name}: the file is empty. Copy or record it again.")
    if not is_video_head(head):
        raise SourceError(
            f"{path.name}: {_guess(head)}, not a video. Needed: a video file such as .mp4, .mov, "
            ".webm, .mkv or .avi."
        )


def is_video_file(path: Path) -> bool:
    """Whether `path` is a readable file that starts like a video container."""
    try:
        check_container(path)
    except SourceError:
        return False
    return True


def is_video_head(head: bytes) -> bool:
    r"""Whether the first bytes of a file (400 are enough) are those of a video container.

    >>> is_video_head(b"\x00\x00\x00\x18ftypisom"), is_video_head(b"ffconcat version 1.0")
    (True, False)
    """
    return (
        head.startswith(_MAGICS)
        or head[4:8] in _ISO_BOXES
        or (head[:4] == b"RIFF" and head[8:12] == b"AVI ")
        or head[0:377:188] == b"GGG"  # MPEG transport stream: a G starts every packet
        or head[4:389:192] == b"GGG"  # the same with AVCHD's four extra bytes
    )


def _guess(head: bytes) -> str:
    """Say in plain words what the file seems to be."""
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if text.startswith((b"#EXTM3U", b"ffconcat", b"[playlist]", b"<?xml", b"<MPD", b"<smil")):
        return "a playlist or script that names other files"
    if text.startswith((b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM")):
        return "a still picture"
    if head.startswith((b"ID3", b"fLaC", b"\xff\xfb")) or head[8:12] == b"WAVE":
        return "a sound recording"
    if b"\x00" not in head:
        return "a text file"
    return "a file of an unknown kind"
