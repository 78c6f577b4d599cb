"""How far one is with a plan: repetitions and time come in, what to do next comes out.

Nothing here looks at pictures, prints or waits: whoever sees the athlete tells what happened.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, replace

from dtwcoach.matching.assessment import Verdict
from dtwcoach.workout.plan import LONGEST_PAUSE_S, Plan, PlannedExercise

GOOD_REST = 0.75, 1.5
"""A rest may be between these shares of the planned one."""


@dataclass(frozen=True)
class RepDone:
    """A repetition has been done; times in seconds."""

    exercise: str
    start_s: float
    stop_s: float
    verdict: Verdict


@dataclass(frozen=True)
class TimePassed:
    """It is so late."""

    now_s: float


@dataclass(frozen=True)
class Break:
    """What follows is another recording: no time is known between."""


@dataclass(frozen=True)
class SetSeen:
    """A set as a whole: whoever follows a set knows which it is, and where it begins and ends.

    To be told of a set that goes on, tell it anew after what was the case before the set.

    Parameters
    ----------
    entry : int
        Index of the plan's exercise that it counts for.
    reps : tuple of RepDone
        Those so far.
    over : bool
        Whether no more will come, also where the plan asks for more.
    """

    entry: int
    reps: tuple[RepDone, ...]
    over: bool = False


Event = RepDone | TimePassed | Break | SetSeen


@dataclass(frozen=True)
class SetDone:
    """Repetitions of one exercise without a long pause.

    Parameters
    ----------
    exercise : str
    entry : int or None
        Index of the plan's exercise that it counts for; None where the plan asks for no more.
    start_s, stop_s : float
    verdicts : tuple of Verdict
        Of its repetitions.
    rest_s : float
        Until the next set; nan where none followed in the same recording.
    """

    exercise: str
    entry: int | None
    start_s: float
    stop_s: float
    verdicts: tuple[Verdict, ...]
    rest_s: float = math.nan

    @property
    def right(self) -> int:
        """Right repetitions."""
        return self.verdicts.count(Verdict.RIGHT)


@dataclass(frozen=True)
class Row:
    """A set beside what the plan asks for.

    Parameters
    ----------
    planned : PlannedExercise or None
        None for a set that the plan does not ask for.
    number : int
        Which set of this exercise, from 1; 0 without a plan.
    done : SetDone or None
        None for a set that is missing.
    at : int or None
        Its index in `WorkoutRun.done`.
    """

    planned: PlannedExercise | None
    number: int
    done: SetDone | None
    at: int | None

    @property
    def points(self) -> int:
        """Right repetitions that the plan asks for."""
        return min(self.done.right, self.planned.reps) if self.done and self.planned else 0

    @property
    def missing(self) -> int:
        """Repetitions that were planned and not done."""
        done = len(self.done.verdicts) if self.done else 0
        return max(0, self.planned.reps - done) if self.planned else 0

    @property
    def extra(self) -> int:
        """Repetitions that were done and not planned."""
        asked = self.planned.reps if self.planned else 0
        return max(0, len(self.done.verdicts) - asked) if self.done else 0

    @property
    def rest(self) -> str:
        """The rest after it: "too short", "too long", "as planned"; "" where nothing is known."""
        if not (self.planned and self.done and self.planned.rest_s):
            return ""
        share = self.done.rest_s / self.planned.rest_s
        if math.isnan(share):
            return ""
        low, high = GOOD_REST
        return "too short" if share < low else "too long" if share > high else "as planned"


@dataclass(frozen=True)
class WorkoutRun:
    """A plan and what has been done of it.

    A set goes on until a pause (`PlannedExercise.pause_s`) or another exercise; how many
    repetitions it has does not end it. It counts for the first entry of its exercise that still
    lacks a set, whatever the order: the plan's order is only prompted.

    Parameters
    ----------
    plan : Plan
    done : tuple of SetDone
        In the order they were done.
    now_s : float
        Time of the latest event.
    broken : bool
        Whether the next repetition begins a set in any case, at a time that tells no rest.
    over : bool
        Whether the last set is over, however short the pause.

    Examples
    --------
    >>> plan = Plan("Monday", (PlannedExercise("squat", reps=2, sets=2, rest_s=30.0),))
    >>> run = WorkoutRun(plan)
    >>> run.prompt
    'Next: squat, set 1 of 2'
    >>> run = run.after(RepDone("squat", 3.0, 5.0, Verdict.RIGHT))
    >>> run.prompt
    'squat, set 1 of 2: 1 more'
    >>> run = run.after(RepDone("squat", 6.0, 8.0, Verdict.WRONG))
    >>> run.after(TimePassed(18.0)).prompt
    'Rest 20 s. Next: squat, set 2 of 2'
    """

    plan: Plan
    done: tuple[SetDone, ...] = ()
    now_s: float = 0.0
    broken: bool = True
    over: bool = False

    def after(self, event: Event) -> WorkoutRun:
        """Return what is the case after an event; events come in the order of time."""
        if isinstance(event, Break):
            return replace(self, broken=True, over=False, now_s=0.0)
        if isinstance(event, TimePassed):
            return replace(self, now_s=max(self.now_s, event.now_s))
        if isinstance(event, SetSeen):
            return self._with_set(event)
        last = self.done[-1] if self.done else None
        if last is None or self.broken or self.over or not self._goes_on(last, event):
            before = self._rested(event.start_s)
            entry = self._awaits(event.exercise)
            new = SetDone(event.exercise, entry, event.start_s, event.stop_s, (event.verdict,))
            done = (*before, new)
        else:
            verdicts = (*last.verdicts, event.verdict)
            done = (*self.done[:-1], replace(last, stop_s=event.stop_s, verdicts=verdicts))
        now_s = max(self.now_s, event.stop_s)
        return replace(self, done=done, now_s=now_s, broken=False, over=False)

    @property
    def rows(self) -> tuple[Row, ...]:
        """Every set of the plan in its order, then those that it does not ask for."""
        rows = []
        numbered = list(enumerate(self.done))
        for entry, planned in enumerate(self.plan.exercises):
            own = [(at, one) for at, one in numbered if one.entry == entry]
            for number in range(planned.sets):
                at, one = own[number] if number < len(own) else (None, None)
                rows.append(Row(planned, number + 1, one, at))
        return (*rows, *(Row(None, 0, one, at) for at, one in numbered if one.entry is None))

    @property
    def points(self) -> int:
        """Right repetitions of those that the plan asks for."""
        return sum(row.points for row in self.rows)

    @property
    def current(self) -> Row | None:
        """The set that is being done, else the next one of the plan; None when all is over."""
        rows = [row for row in self.rows if row.planned]
        for row in rows:
            last = row.at == len(self.done) - 1
            goes_on = last and not self.broken and not self.over
            if goes_on and row.done and row.missing and self._lasts(row.done):
                return row
        return next((row for row in rows if row.done is None), None)

    @property
    def prompt(self) -> str:
        """What to tell the athlete now."""
        row = self.current
        if row is None or row.planned is None:
            return f"Done: {self.points} of {self.plan.reps} right"
        which = row.planned.said
        if row.planned.sets > 1:
            which += f", set {row.number} of {row.planned.sets}"
        if row.done is not None:
            return f"{which}: {row.missing} more"
        rest_s = math.ceil(self.rest_left_s)
        return f"{f'Rest {rest_s} s. ' if rest_s else ''}Next: {which}"

    @property
    def rest_left_s(self) -> float:
        """Seconds of rest that the plan still gives after the last set."""
        if not self.done or self.broken or self.done[-1].entry is None:
            return 0.0
        last = self.done[-1]
        if not last.verdicts:  # left out: nothing to rest from
            return 0.0
        planned_s = self.plan.exercises[last.entry].rest_s if last.entry is not None else 0.0
        return max(0.0, planned_s - (self.now_s - last.stop_s))

    @property
    def awaited(self) -> int | None:
        """Index of the first exercise of the plan that lacks a set; None when all is over."""
        counted = Counter(one.entry for one in self.done)
        entries = enumerate(self.plan.exercises)
        return next((at for at, planned in entries if planned.sets > counted[at]), None)

    def _with_set(self, event: SetSeen) -> WorkoutRun:
        """Add a set; one without repetitions only when it is over."""
        reps = event.reps
        if not (reps or event.over):
            return self
        start_s, stop_s = (reps[0].start_s, reps[-1].stop_s) if reps else (self.now_s, self.now_s)
        name = self.plan.exercises[event.entry].name
        verdicts = tuple(rep.verdict for rep in reps)
        new = SetDone(name, event.entry, start_s, stop_s, verdicts)
        before = self._rested(start_s) if reps else self.done
        now_s = max(self.now_s, stop_s)
        return replace(self, done=(*before, new), now_s=now_s, broken=False, over=event.over)

    def _rested(self, until_s: float) -> tuple[SetDone, ...]:
        """What is done, with the rest after the last set where it is known."""
        if not self.done or self.broken or not self.done[-1].verdicts:
            return self.done
        last = self.done[-1]
        return (*self.done[:-1], replace(last, rest_s=max(0.0, until_s - last.stop_s)))

    def _awaits(self, exercise: str) -> int | None:
        """The first entry of the plan that lacks a set of this exercise."""
        for at, planned in enumerate(self.plan.exercises):
            if planned.name == exercise and planned.sets > sum(s.entry == at for s in self.done):
                return at
        return None

    def _pause_s(self, one: SetDone) -> float:
        return LONGEST_PAUSE_S if one.entry is None else self.plan.exercises[one.entry].pause_s

    def _lasts(self, one: SetDone) -> bool:
        return self.now_s - one.stop_s < self._pause_s(one)

    def _goes_on(self, one: SetDone, event: RepDone) -> bool:
        same = one.exercise == event.exercise
        return same and event.start_s - one.stop_s < self._pause_s(one)
