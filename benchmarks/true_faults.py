"""How large a drawn fault truly is, and whether what was named of it is true.

The same performance is drawn once more without its faults; whatever the true features of the two
differ by is the fault's doing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from benchmarks.clips import Clip
from dtwcoach.matching.assessment import Fault
from dtwcoach.matching.dtw import pairwise
from dtwcoach.matching.feedback import phase_number
from dtwcoach.matching.judging import Judge
from dtwcoach.motion.features import resample
from dtwcoach.motion.recording import describe
from dtwcoach.pose import FloatArray
from dtwcoach.settings import Settings


@dataclass(frozen=True, eq=False)
class Deed:
    """True features of one repetition, and of its twin without the fault in the same frames.

    Parameters
    ----------
    time_s : (time,) float
    done, meant : (time, feature) float
        With and without the fault.
    names : tuple of str
        The features.
    turn_share : float
        Where the turn is: 0 at the start, 1 at the end.
    """

    time_s: FloatArray
    done: FloatArray
    meant: FloatArray
    names: tuple[str, ...]
    turn_share: float

    def tolerances(self, judge: Judge) -> tuple[float, float]:
        """Size of the fault: its largest warped distance over the judge's tolerances.

        Also over those at which a joint alone turns the verdict, tolerance times limit.
        """
        columns = [self.names.index(name) for name in np.array(judge.names)[judge.counts]]
        done, meant = (
            resample(values[:, columns], judge.settings.samples)[None]
            for values in (self.done, self.meant)
        )
        apart = pairwise(done, meant, radius=judge.settings.band_radius)[0, 0]
        ratios = apart / judge.rule.tolerance
        return float(np.nanmax(ratios)), float(np.nanmax(ratios / judge.rule.limit))

    def bears_out(self, named: Fault, phases: tuple[str, ...]) -> tuple[bool, bool]:
        """Whether a named fault is true in phase and in direction.

        The phase is when the true deviation of the named feature reaches half of its maximum in
        it; the direction when it has the named sign at the named moment. A range too small is
        one when the fault made it smaller.
        """
        column = self.names.index(named.feature)
        done, meant = self.done[:, column], self.meant[:, column]
        off = done - meant
        last = len(off) - 1
        numbers = np.array(
            [phase_number(i, round(self.turn_share * last), last + 1) for i in range(last + 1)]
        )
        inside = np.abs(off[numbers == phases.index(named.phase)])
        in_phase = bool(inside.max(initial=0.0) >= 0.5 * np.abs(off).max() > 0)
        if np.isnan(named.time_s):
            return in_phase, bool((np.ptp(done) - np.ptp(meant)) * named.size > 0)
        return in_phase, bool(off[np.abs(self.time_s - named.time_s).argmin()] * named.size > 0)


def deeds(clip: Clip) -> list[Deed]:
    """What is true of each repetition of a clip, in order."""
    truth = clip.truth()
    twin = replace(clip, performance=replace(clip.performance, faults={})).truth()
    done, meant = (describe(one.pose(), Settings()).series for one in (truth, twin))
    rows = []
    for rep in truth.reps:
        start_s, turn_s, stop_s = truth.time_s[[rep.start, rep.turn, rep.stop - 1]]
        inside = (done.time_s >= start_s) & (done.time_s <= stop_s)
        rows.append(
            Deed(
                done.time_s[inside],
                done.values[inside],
                meant.values[inside],
                done.names,
                float((turn_s - start_s) / (stop_s - start_s)),
            )
        )
    return rows
