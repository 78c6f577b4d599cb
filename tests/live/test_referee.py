from athletes import filmed, judge_of

from dtwcoach.coach import assess
from dtwcoach.live.referee import Referee, helper_process


def test_a_helper_process_says_the_same() -> None:
    pose, judge = filmed("squat", 7, reps=1), judge_of("squat")
    with helper_process(judge) as helper:
        referee = Referee(judge, helper)
        assert referee.answer() is None
        referee.ask(pose)
        assert referee.is_busy
        assert referee._answer is not None
        referee._answer.result(60)
        answer = referee.answer()
    assert answer is not None
    assert not referee.is_busy
    assert referee.answer() is None
    assert [rep.score for rep in answer.reps] == [rep.score for rep in assess(pose, judge).reps]
    assert answer.recording is None
