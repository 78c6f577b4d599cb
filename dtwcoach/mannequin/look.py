"""What an athlete wears and what colour hair and skin have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

Rgb = tuple[int, int, int]
Length = Literal["short", "long"]
Hair = Literal["short", "crop", "bun", "tail", "bald"]

SKINS: tuple[Rgb, ...] = (
    (244, 208, 184),
    (232, 190, 160),
    (218, 168, 134),
    (196, 142, 106),
    (164, 112, 80),
    (128, 84, 58),
    (94, 62, 44),
)
HAIRS: tuple[Rgb, ...] = (
    (34, 27, 24),
    (58, 40, 30),
    (92, 62, 40),
    (140, 100, 58),
    (186, 152, 98),
    (126, 54, 32),
    (150, 148, 146),
)
SHIRTS: tuple[Rgb, ...] = (
    (196, 52, 58),
    (38, 92, 170),
    (22, 128, 118),
    (228, 120, 44),
    (110, 62, 150),
    (206, 168, 50),
    (60, 140, 70),
    (214, 74, 130),
    (30, 140, 190),
)
TROUSERS: tuple[Rgb, ...] = (
    (38, 40, 48),
    (30, 44, 78),
    (70, 74, 82),
    (74, 58, 50),
    (46, 66, 62),
    (88, 36, 52),
)
SHOES: tuple[Rgb, ...] = ((236, 236, 232), (40, 40, 44), (206, 66, 54), (60, 110, 190))
STYLES: tuple[Hair, ...] = ("short", "crop", "bun", "tail", "bald")
STYLE_SHARES = (0.4, 0.2, 0.16, 0.18, 0.06)


@dataclass(frozen=True)
class Look:
    """Colours (red, green, blue, 0-255), clothes and hair of one person."""

    skin: Rgb = SKINS[2]
    hair: Rgb = HAIRS[1]
    shirt: Rgb = SHIRTS[1]
    trousers: Rgb = TROUSERS[0]
    shoes: Rgb = SHOES[0]
    sleeve: Length = "short"
    trouser: Length = "long"
    hair_style: Hair = "short"

    @classmethod
    def from_seed(cls, seed: int) -> Look:
        """A person's look, the same for the same seed.

        >>> Look.from_seed(3) == Look.from_seed(3)
        True
        """
        rng = np.random.default_rng([seed, 1001])
        skin = int(rng.integers(len(SKINS)))
        # Light hair is rare on dark skin; hair of the skin's colour would hide where the face is.
        hairs = [
            hair for hair in (HAIRS if skin < 4 else HAIRS[:3]) if _distance(hair, SKINS[skin]) > 55
        ]
        shirt = SHIRTS[rng.integers(len(SHIRTS))]
        contrasting = [t for t in TROUSERS if _distance(t, shirt) > 55]
        return cls(
            skin=_varied(SKINS[skin], rng, 6),
            hair=_varied(hairs[rng.integers(len(hairs))], rng, 6),
            shirt=_varied(shirt, rng, 10),
            trousers=_varied(contrasting[rng.integers(len(contrasting))], rng, 6),
            shoes=SHOES[rng.integers(len(SHOES))],
            sleeve="long" if rng.random() < 0.25 else "short",
            trouser="short" if rng.random() < 0.35 else "long",
            hair_style=STYLES[rng.choice(len(STYLES), p=STYLE_SHARES)],
        )


def _distance(a: Rgb, b: Rgb) -> float:
    return float(np.linalg.norm(np.subtract(a, b)))


def _varied(colour: Rgb, rng: np.random.Generator, spread: float) -> Rgb:
    """A shade lighter or darker and a trace of another hue."""
    shift = rng.normal(0, spread) + rng.normal(0, spread / 4, 3)
    red, green, blue = np.clip(np.add(colour, shift), 12, 250).round()
    return int(red), int(green), int(blue)
