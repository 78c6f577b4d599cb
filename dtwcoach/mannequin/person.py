"""The synthetic athlete as a body: height, limb lengths, build and personal style."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from types import MappingProxyType

import numpy as np

from dtwcoach.errors import UsageError


@dataclass(frozen=True)
class Build:
    """Radii of the body parts in metres, for drawing."""

    head: float = 0.098
    neck: float = 0.058
    shoulder: float = 0.068
    upper_arm: float = 0.048
    forearm: float = 0.040
    wrist: float = 0.028
    hand: float = 0.036
    chest: float = 0.130
    waist: float = 0.120
    hip: float = 0.135
    thigh: float = 0.078
    knee: float = 0.056
    shin: float = 0.050
    ankle: float = 0.036
    foot: float = 0.038


@dataclass(frozen=True)
class Limbs:
    """Distances between joint centres in metres.

    `ankle`, `shank`, `thigh`, `trunk` and `head_neck` stacked upright make the standing height.
    `foot` is heel to toe, `hand` wrist to finger tips, `head_neck` shoulder line to crown.
    """

    ankle: float
    shank: float
    thigh: float
    trunk: float
    head_neck: float
    foot: float
    hip_width: float
    shoulder_width: float
    upper_arm: float
    forearm: float
    hand: float

    @property
    def leg(self) -> float:
        """Hip joint to ankle joint with the knee straight, metres."""
        return self.thigh + self.shank


# Fractions of standing height. Trunk, legs, foot and hand after Drillis & Contini (1966) as
# reprinted in Winter, "Biomechanics and Motor Control of Human Movement", 4th ed., figure 4.1.
# The arm is measured between joint centres (de Leva 1996, J. Biomech. 29:1223), since the
# former source measures from the top of the shoulder, which is no joint. The widths, too, are
# those of joint centres, which lie inside the body's outline.
PROPORTIONS: Mapping[str, float] = MappingProxyType(
    {
        "ankle": 0.039,
        "shank": 0.246,
        "thigh": 0.245,
        "trunk": 0.288,
        "head_neck": 0.182,
        "foot": 0.152,
        "hip_width": 0.110,
        "shoulder_width": 0.212,
        "upper_arm": 0.162,
        "forearm": 0.154,
        "hand": 0.108,
    }
)
_STACKED = ("ankle", "shank", "thigh", "trunk", "head_neck")

# How strongly each channel takes part in a personal style: (posture, at the turn). Posture is
# kept small where a constant offset would upset balance or hyperextend a joint at rest.
STYLE_CHANNELS: Mapping[str, tuple[float, float]] = MappingProxyType(
    {
        "pelvis_pitch": (0.3, 0.9),
        "trunk_pitch": (0.6, 0.8),
        "neck_pitch": (0.7, 0.5),
        "hip_abduction": (0.0, 0.7),
        "hip_flexion": (0.0, 0.7),
        "knee_flexion": (0.3, 1.1),
        "shoulder_flexion": (0.6, 0.8),
        "shoulder_abduction": (0.6, 1.0),
        "shoulder_rotation": (0.7, 0.6),
        "elbow_flexion": (0.6, 1.0),
        "foot_yaw": (1.0, 0.0),
    }
)
_ONE_PER_BODY = ("pelvis_pitch", "trunk_pitch", "neck_pitch")


@dataclass(frozen=True)
class Person:
    """Who is exercising.

    Parameters
    ----------
    name : str
        Any label.
    height_m : float
        Standing height.
    limbs : Limbs
        Joint-to-joint lengths.
    build : Build
        Radii for drawing.
    handedness : {"left", "right"}
        The preferred side: one-sided exercises are done with it.
    look_seed : int
        Seed of clothes, hair and skin.
    style : mapping of channel to (posture, turn)
        Consistent offsets in degrees: one present throughout and one more that grows with the
        movement, so that the amplitude differs too. Empty for nobody's style.

    Raises
    ------
    UsageError
        When the height is not that of an adult or older child (1.2 to 2.2 m) or the handedness
        is unknown.
    """

    name: str
    height_m: float
    limbs: Limbs
    build: Build = field(default_factory=Build)
    handedness: str = "left"
    look_seed: int = 0
    style: Mapping[str, tuple[float, float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not 1.2 <= self.height_m <= 2.2:
            raise UsageError(f"height_m is {self.height_m}; needed 1.2 to 2.2 metres.")
        if self.handedness not in ("left", "right"):
            raise UsageError(f"handedness is {self.handedness!r}; use 'left' or 'right'.")
        object.__setattr__(self, "style", MappingProxyType(dict(self.style)))

    @classmethod
    def average(cls, *, height_m: float = 1.75) -> Person:
        """The textbook body without any style.

        >>> round(Person.average(height_m=2.0).limbs.thigh, 3)
        0.49
        """
        limbs = Limbs(**{part: share * height_m for part, share in PROPORTIONS.items()})
        return cls("average", height_m, limbs, _build(height_m, 1.0))

    @classmethod
    def from_seed(
        cls, seed: int, *, height_m: float | None = None, style_deg: float = 5.0
    ) -> Person:
        """Draw a person; the same seed gives the same person.

        Parameters
        ----------
        seed : int
            Any number from 0.
        height_m : float, optional
            Fixes the height and changes nothing else but scale.
        style_deg : float
            Root mean square of the style's offsets at the turn, over the channels of
            `STYLE_CHANNELS`, in degrees.
        """
        rng = np.random.default_rng([seed, 71])
        drawn_height = float(np.clip(rng.normal(1.73, 0.09), 1.50, 1.98))
        height = drawn_height if height_m is None else height_m
        shares = {
            part: share * (1 + float(np.clip(rng.normal(0, 0.035), -0.1, 0.1)))
            for part, share in PROPORTIONS.items()
        }
        total = sum(shares[part] for part in _STACKED)
        for part in _STACKED:
            shares[part] /= total
        limbs = Limbs(**{part: share * height for part, share in shares.items()})
        heaviness = float(np.clip(rng.normal(1.0, 0.09), 0.82, 1.25))
        return cls(
            name=f"person-{seed}",
            height_m=height,
            limbs=limbs,
            build=_build(height, heaviness),
            handedness="left" if rng.random() < 0.5 else "right",
            look_seed=int(rng.integers(2**31)),
            style=_draw_style(rng, style_deg),
        )


def _build(height_m: float, heaviness: float) -> Build:
    scale = height_m / 1.75
    rigid = ("head", "hand", "foot", "wrist", "ankle")  # these hardly grow with weight
    textbook = asdict(Build())
    return Build(
        **{
            part: radius * scale * (1.0 if part in rigid else heaviness)
            for part, radius in textbook.items()
        }
    )


def _draw_style(rng: np.random.Generator, style_deg: float) -> dict[str, tuple[float, float]]:
    style: dict[str, tuple[float, float]] = {}
    for channel, (posture, turn) in STYLE_CHANNELS.items():
        shared = np.clip(rng.normal(size=2), -1.8, 1.8) * (posture, turn)
        if channel in _ONE_PER_BODY:
            style[channel] = (float(shared[0]), float(shared[1]))
            continue
        for side in ("left", "right"):  # the two sides are alike, though never quite
            own = 0.9 * shared + 0.25 * rng.normal(size=2) * (posture, turn)
            style[f"{side}_{channel}"] = (float(own[0]), float(own[1]))
    totals = np.array([sum(offsets) for offsets in style.values()])
    factor = style_deg / max(float(np.sqrt(np.mean(totals**2))), 1e-9)
    limit = 2.2 * style_deg
    return {
        channel: (
            float(np.clip(a * factor, -limit, limit)),
            float(np.clip(b * factor, -limit, limit)),
        )
        for channel, (a, b) in style.items()
    }
