import json
import math
from dataclasses import replace

import numpy as np
import pytest
from report_examples import SAMPLES, make_rep, make_set, make_unjudged

from dtwcoach.matching.assessment import Verdict
from dtwcoach.report.curves import (
    aligned_attempt,
    allowed_band,
    has_curves,
    ranked_features,
    rounded,
    shown_features,
    thinned,
)
from dtwcoach.report.figures import DARK, timeline_figure, trend_figure
from dtwcoach.report.rep_figures import joint_figure, path_figure

WRONG = 2  # the third repetition of `make_set` is wrong


def test_figures_are_what_plotly_takes():
    graph_objects = pytest.importorskip("plotly.graph_objects")
    made = make_set()
    for figure in (
        timeline_figure(made),
        trend_figure(made),
        *(joint_figure(made, rep) for rep in made.reps),
        *(joint_figure(made, rep, real_time=True) for rep in made.reps),
        *(path_figure(made, rep) for rep in made.reps if len(rep.path)),
    ):
        graph_objects.Figure(figure)  # raises on any unknown property
        json.dumps(figure, allow_nan=False)


def test_worst_joints_come_first_and_only_those_that_count():
    made = make_set()
    ranked = ranked_features(made, made.reps[WRONG])
    assert ranked[:2] == ["left_knee_angle", "trunk_forward"]
    assert len(ranked) == int(np.sum(made.counts))
    titles = [
        note["text"] for note in joint_figure(made, made.reps[WRONG])["layout"]["annotations"]
    ]
    assert len(titles) == 11  # one of each joint that counts
    assert titles[0].startswith("<b>Left knee angle</b> degrees<br>✗ off by 15°, 150% of limit")


def test_a_share_is_taken_of_each_features_own_limit():
    made = make_set()
    limit = np.array(made.limit)
    limit[made.features.index("left_knee_angle")] = 100.0
    assert ranked_features(replace(made, limit=limit), made.reps[WRONG])[0] == "trunk_forward"


def test_chosen_features_are_shown_in_the_order_asked_for():
    made = make_set()
    figure = joint_figure(made, made.reps[0], features=["trunk_up", "left_hip_angle"])
    texts = [note["text"] for note in figure["layout"]["annotations"]]
    assert [text.split("</b>")[0] for text in texts] == [
        "<b>Trunk up",
        "<b>Left hip angle",
    ]


def test_alignment_takes_the_mean_of_tied_samples():
    rep = make_rep(1, Verdict.RIGHT)
    attempt = np.array([[0.0], [1.0], [3.0], [5.0]])
    path = np.array([[0, 0], [1, 1], [2, 1], [3, 2], [3, 3]])
    aligned = aligned_attempt(replace(rep, attempt=attempt, path=path), 4)
    assert aligned[:, 0].tolist() == [0.0, 2.0, 5.0, 5.0]


def test_the_identity_path_changes_nothing():
    rep = make_rep(1, Verdict.RIGHT)
    path = np.repeat(np.arange(SAMPLES)[:, None], 2, axis=1)
    np.testing.assert_array_equal(aligned_attempt(replace(rep, path=path), SAMPLES), rep.attempt)


def test_a_rep_without_curves_says_so_and_still_draws():
    made = make_set()
    unknown = made.reps[4]
    assert unknown.verdict is Verdict.CANNOT_JUDGE
    assert not has_curves(made, unknown)
    json.dumps(joint_figure(made, unknown), allow_nan=False)
    part = np.array(made.reps[0].attempt)
    part[40:60] = math.nan
    kept = replace(unknown, attempt=part)
    assert has_curves(made, kept)
    json.dumps(joint_figure(made, kept), allow_nan=False)


def test_hatching_appears_exactly_where_the_curve_leaves_what_is_allowed():
    made = make_set()
    index = made.features.index("left_knee_angle")
    low, high = (edge[:, index] for edge in allowed_band(made))
    assert (low <= made.reference_low[:, index]).all()
    assert (high - made.reference_mean[:, index] >= 10 - 1e-9).all()  # tolerance 5, limit 2

    def hatched(rep):
        traces = joint_figure(made, rep, features=["left_knee_angle"])["data"]
        return "fillpattern" in traces[-1]

    assert hatched(made.reps[WRONG])
    inside = np.array(made.reps[WRONG].attempt)
    inside[:, index] = made.reference_mean[:, index].mean()
    path = np.repeat(np.arange(SAMPLES)[:, None], 2, axis=1)
    exact = replace(made.reps[WRONG], attempt=np.array(made.reference_mean), path=path)
    assert hatched(replace(exact, attempt=inside))
    assert not hatched(exact)


def test_timeline_marks_every_rep_by_colour_and_sign():
    made = make_set()
    figure = timeline_figure(made)
    signs = [note["text"] for note in figure["layout"]["annotations"]]
    assert [sign[3] for sign in signs] == list("✓✓✗✓?✗✓✓")
    colours = {shape["fillcolor"] for shape in figure["layout"]["shapes"]}
    assert len(colours) == 3
    assert colours <= set(DARK)
    curve = figure["data"][0]
    second = made.reps[1]
    inside = [n for x, n in zip(curve["x"], curve["customdata"], strict=True) if n == 2]
    assert len(inside) == pytest.approx((second.stop_s - second.start_s) * 30, abs=2)


def test_a_long_timeline_is_thinned_but_keeps_its_peaks():
    values = np.zeros(100_000)
    values[54_321] = 1.0
    kept = thinned(values, 2000)
    assert len(kept) <= 2000
    assert 54_321 in kept
    assert (np.diff(kept) > 0).all()


def test_an_empty_recording_has_an_empty_timeline():
    json.dumps(timeline_figure(make_unjudged()), allow_nan=False)


def test_missing_numbers_become_null():
    assert rounded([1.26, math.nan, math.inf], 1) == [1.3, None, None]
    assert rounded(math.nan, 1) is None


def test_a_joint_has_one_panel_and_another_for_what_alone_makes_it_wrong():
    made = make_set()
    first = shown_features(made, made.reps[WRONG])
    assert first[:2] == ["left_knee_angle", "trunk_forward"]
    assert "trunk_up" not in first
    ratios = np.array(made.reps[WRONG].ratios)
    ratios[made.features.index("trunk_up")] = 2.1  # its limit is 2
    worse = replace(made.reps[WRONG], ratios=ratios)
    assert shown_features(made, worse)[:3] == ["left_knee_angle", "trunk_forward", "trunk_up"]


def test_in_real_time_nothing_is_warped():
    made = make_set()
    rep = made.reps[WRONG]
    figure = joint_figure(made, rep, features=["left_knee_angle"], real_time=True)
    own = figure["data"][-1]
    assert own["x"][0] == 0
    assert own["x"][-1] == 3.2
    index = made.features.index("left_knee_angle")
    assert own["y"] == rep.attempt[:, index].round(1).tolist()
    mean = figure["data"][4]
    assert mean["dx"] * 99 == pytest.approx(2.9, abs=1e-3)  # what the references take
    assert figure["layout"]["xaxis"]["range"] == [0, 3.2]
    slow = joint_figure(replace(made, reference_s=4.5), rep, real_time=True)
    assert slow["layout"]["xaxis"]["range"] == [0, 4.5]
    (turn,) = figure["layout"]["shapes"]
    assert turn["x0"] == 1.8
    thick = figure["data"][-2]
    assert thick["line"]["width"] == 6
    known = [at for at, value in enumerate(thick["y"]) if value is not None]
    assert 30 < known[0] < 50 < known[-1] < 95  # around the turn, where the knee was off


def test_the_path_names_what_was_faster_and_slower():
    made = make_set()
    # The first half of the references' time takes a quarter of the attempt's.
    quick = [(i, 2 * i) for i in range(25)] + [(i, 50) for i in range(25, 50)]
    rest = [(i, i) for i in range(50, 100)]
    rep = replace(made.reps[0], path=np.array(quick + rest))
    figure = path_figure(made, rep)
    words = {note["text"]: note["x"] for note in figure["layout"]["annotations"]}
    assert set(words) == {"faster", "slower"}
    assert words["faster"] < 0.8 < words["slower"] < 1.7
    even = replace(rep, path=np.repeat(np.arange(100)[:, None], 2, axis=1))
    assert path_figure(made, even)["layout"]["annotations"] == []
    # Seven samples at twice the pace are too few for a word.
    short = [*range(40), *range(40, 54, 2), *range(54, 100)]
    dash = replace(rep, path=np.stack([np.arange(93), short], axis=1), attempt=rep.attempt[:93])
    dash = replace(dash, sample_s=rep.sample_s[:93])
    assert path_figure(made, dash)["layout"]["annotations"] == []
    named = replace(made, phases=("start", "<b>down", "bottom", "way up", "end"))
    assert path_figure(named, rep)["layout"]["yaxis"]["ticktext"][0] == "&lt;b&gt;down"
    assert figure["layout"]["yaxis"]["ticktext"] == ["way down", "bottom", "way up"]
    late = path_figure(replace(made, reference_turn=SAMPLES - 1), rep)
    assert late["layout"]["yaxis"]["ticktext"] == ["way down", "bottom"]
    early = path_figure(replace(made, reference_turn=0), rep)
    assert early["layout"]["yaxis"]["ticktext"] == ["bottom", "way up"]


def test_the_trend_shows_better_scores_higher_and_tells_verdicts_by_shape():
    made = make_set()
    figure = trend_figure(made)
    trace = figure["data"][0]
    low, high = figure["layout"]["yaxis"]["range"]
    assert low > 1.5 > high == 0
    assert trace["customdata"] == [1, 2, 3, 4, 6, 7, 8]
    assert trace["marker"]["symbol"] == [
        "circle", "circle", "x", "circle", "x", "circle", "circle",
    ]  # fmt: skip
    unknown = [note["x"] for note in figure["layout"]["annotations"] if note["text"] == "?"]
    assert unknown == [5]
    awful = replace(made, reps=(replace(made.reps[2], score=9.0),))
    assert trend_figure(awful)["data"][0]["y"][0] < 3.0
    assert trend_figure(replace(made, reps=()))["data"][0]["y"] == []
