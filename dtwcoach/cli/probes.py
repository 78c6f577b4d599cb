"""Checks that could crash or hang, each run by `dtwcoach doctor` in a process of its own."""

from __future__ import annotations

import sys

from dtwcoach.errors import DtwCoachError


def opencv() -> str:
    """Import OpenCV."""
    import cv2

    return str(cv2.__version__)


def model() -> str:
    """Build the pose model's bundle, or read it from the cache."""
    from dtwcoach.sources.model_bundle import pose_bundle

    return f"{len(pose_bundle()) / 2**20:.1f} MB"


def pose() -> str:
    """Find a drawn person with the pose model."""
    from dtwcoach.mannequin.performance import Performance
    from dtwcoach.mannequin.person import Person
    from dtwcoach.mannequin.recording import frames, simulate
    from dtwcoach.sources.mediapipe import PoseTracker
    from dtwcoach.sources.video import Frame

    truth = simulate(Person.from_seed(1), "squat", Performance(reps=0, lead_in_s=0.2, seed=1))
    with PoseTracker() as tracker:
        for number, image in enumerate(frames(truth)):
            if tracker.update(Frame(number, number / 30, image)).athlete is not None:
                return "a drawn person was found"
    raise DtwCoachError("a drawn person was not found")


def camera() -> str:
    """Take a picture with the first camera."""
    from dtwcoach.sources.video import open_video

    with open_video(0) as video:
        for frame in video:
            height, width = frame.image.shape[:2]
            return f"camera 0 gives {width}x{height}"
    raise DtwCoachError("camera 0 gives no picture")


PROBES = {probe.__name__: probe for probe in (opencv, model, pose, camera)}


def main(name: str) -> int:
    """Run one probe: what it found on stdout, or why not on stderr and 1."""
    try:
        print(PROBES[name]())
    except (DtwCoachError, ImportError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
