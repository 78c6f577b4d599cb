"""The error tree. Only the outermost layer catches these; a bug keeps its traceback."""


class DtwCoachError(Exception):
    """Base of every mistake a user can make or mend.

    The message says what arrived, what was needed and what to do next.
    """


class SourceError(DtwCoachError):
    """A video, camera or pose file that cannot be read."""


class PoseDataError(DtwCoachError, ValueError):
    """Arrays that are not a pose sequence (shape, time order, range)."""


class LibraryError(DtwCoachError):
    """A reference or reference library that is missing, damaged or made under other settings."""


class CalibrationError(DtwCoachError):
    """A threshold or tolerance that cannot be computed or is not usable."""


class StorageError(DtwCoachError):
    """Writing or locking a file failed; what was there before is intact."""


class UsageError(DtwCoachError):
    """A request that makes no sense as it stands (exit code 2)."""
