"""Groups of features that an exercise may use."""

from __future__ import annotations

from dtwcoach.motion.face import FACE_FEATURES
from dtwcoach.motion.features import FEATURES, Feature
from dtwcoach.motion.hands import HAND_FEATURES

BODY = ("body",)

GROUPS: dict[str, dict[str, Feature]] = {
    "body": FEATURES,
    "hands": HAND_FEATURES,
    "face": FACE_FEATURES,
}
"""Group -> its features, in the order of the feature axis. Hands and face are known only to pose
models that look for them."""

KNOWN_FEATURES: dict[str, Feature] = {
    name: feature for group in GROUPS.values() for name, feature in group.items()
}
"""Every feature of every group by name."""
