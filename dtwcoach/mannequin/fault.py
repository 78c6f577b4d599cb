"""What a fault is; the table of known ones is in `faults`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from dtwcoach.mannequin.kinematics import mirrored_channels
from dtwcoach.pose import mirrored_name


@dataclass(frozen=True)
class Fault:
    """A named mistake that can be given a size.

    Parameters
    ----------
    name, title : str
        Name in files and the trainer's words.
    joint : str
        The joint that a trainer would point at: a joint of the skeleton ("left_knee"), "trunk",
        "hips" or "head"; "tempo" for faults of speed.
    measure : str
        Angle (see `angles.MEASURES`) that a fault of size N changes by about N degrees.
    typical : float
        A size that a trainer would not let pass.
    joints : tuple of str
        Every joint that may fairly be named as the faulty one.
    changes : mapping of channel to change per unit of size
        For `kind` "posture".
    phase : {"turn", "late", "whole", "middle"}
        Where it is largest: at the turn (growing all the way, or only in the second half of
        it), from start to end, or midway.
    kind : {"posture", "lag", "tempo"}
        A change of angles; one side behind the other (channels in `changes`), the size being
        the largest difference in degrees; or a way out that takes 1/size of its usual time.
    unit : {"deg", "ratio"}
        Unit of the size.
    """

    name: str
    title: str
    joint: str
    measure: str
    typical: float
    joints: tuple[str, ...]
    changes: Mapping[str, float] = field(default_factory=dict)
    phase: str = "turn"
    kind: str = "posture"
    unit: str = "deg"

    def mirrored(self) -> Fault:
        """The same fault on the other side of the body."""
        return replace(
            self,
            joint=mirrored_name(self.joint),
            measure=mirrored_name(self.measure),
            joints=tuple(mirrored_name(joint) for joint in self.joints),
            changes=mirrored_channels(self.changes),
        )


TOO_FAST = Fault(
    name="too_fast",
    title="the first half is done too fast",
    joint="tempo",
    measure="",
    typical=2.2,
    joints=("tempo",),
    kind="tempo",
    unit="ratio",
)
