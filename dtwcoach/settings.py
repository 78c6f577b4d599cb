"""One frozen value with every number that changes a result."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass

SCHEMA_VERSION = 1
"""Version of everything written to disk: references, calibrations, cached poses."""


@dataclass(frozen=True)
class Settings:
    """How poses become features and features become distances.

    Stored with every reference and every report: results made under different settings are
    never compared.
    """

    recipe: int = 2
    """Version of cleaning and features; raised whenever the same pose gives other numbers."""
    min_confidence: float = 0.5
    """Keypoints below this confidence count as not seen."""
    max_gap_s: float = 0.15
    """Gaps up to this long are filled by interpolation; longer ones stay gaps."""
    lowpass_hz: float = 6.0
    """Corner of the zero-lag low-pass filter."""
    rate_hz: float = 30.0
    """The uniform rate at which all later stages work."""
    min_fps: float = 9.0
    """Recordings slower than this cannot be judged."""
    samples: int = 100
    """Length to which each repetition is resampled before matching."""
    band: float = 0.1
    """Sakoe-Chiba radius as a fraction of `samples`."""

    @property
    def band_radius(self) -> int:
        """Sakoe-Chiba radius in samples."""
        return round(self.band * self.samples)

    def fingerprint(self) -> str:
        """Short stable hash of all values, stored beside whatever they produced."""
        text = json.dumps(asdict(self), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:12]
