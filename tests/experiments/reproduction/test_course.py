"""How far a reproduction has come, and how long the rest is likely to take."""

import pytest

from small_reproductions import small_recipe
from varigraph.experiments.reproduction.course import course_of


@pytest.fixture
def trials(tmp_path):
    return small_recipe(tmp_path).trials()


def test_nothing_is_known_of_the_time_before_a_trial_is_done(trials):
    course = course_of(trials, {}, {}, n_jobs=1)
    assert (course.n_trials_done, course.n_trials, course.n_cells_done, course.n_cells) == (0, 12, 0, 4)
    assert course.seconds_left is None


def test_a_cell_is_done_when_its_last_seed_is(trials):
    two = {"gae.cora.seed0": 1.0, "gae.cora.seed1": 1.0}
    assert course_of(trials, two, {}, n_jobs=1).n_cells_done == 0
    assert course_of(trials, two | {"gae.cora.seed2": 1.0}, {}, n_jobs=1).n_cells_done == 1


def test_a_trial_is_taken_to_last_as_those_of_its_cell_and_others_by_weight(trials):
    # Done: one dear trial in 80 s, so a weight of 1 costs 2 s. Left: 2 of that cell (80 s each), 3 of the
    # other dear one (40 × 2 s) and 6 cheap ones (2 s).
    course = course_of(trials, {"gae.pubmed.seed0": 80.0}, {}, n_jobs=1)
    assert course.seconds_left == pytest.approx(2 * 80 + 3 * 80 + 6 * 2)


def test_jobs_share_the_time_but_not_below_the_longest_trial(trials):
    done = {"gae.pubmed.seed0": 80.0}
    assert course_of(trials, done, {}, n_jobs=2).seconds_left == pytest.approx(412 / 2)
    assert course_of(trials, done, {}, n_jobs=100).seconds_left == pytest.approx(80)


def test_failed_trials_are_counted_and_cost_no_more_time(trials):
    done = {trial.key: 1.0 for trial in trials[:-1]}
    course = course_of(trials, done, {trials[-1].key: "it failed"}, n_jobs=1)
    assert (course.n_trials_done, course.n_failed, course.n_cells_done) == (11, 1, 3)
    assert course.seconds_left == 0
