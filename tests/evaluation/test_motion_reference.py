import numpy as np
import pytest

from solami.body.gestures.catalogue import perform
from solami.evaluation.measures import pooled_mean
from solami.evaluation.motion_reference import of_others, reference_measures
from solami.evaluation.paired import others_of, paired

MADE = [perform(caption, 1).motion for caption in ("bows", "waves with both hands", "claps")]


def test_a_motion_is_nearer_to_its_own_reference_than_to_anothers() -> None:
    """Identical motion has no error, others' references have; a talk of two motions is one sample."""
    talks = [[(MADE[0], MADE[0]), (MADE[1], MADE[1])], [(MADE[2], MADE[2])]]
    rows = {row.name: row for row in reference_measures(talks, split="val", source="x")}
    assert rows["pa_mpjpe_mm"].value == pytest.approx(0, abs=1e-2) and rows["pa_mpjpe_mm"].n == 2
    assert rows["angle_error_deg"].value == pytest.approx(0, abs=0.1)
    assert rows["pa_mpjpe_mm"].baseline is not None and rows["pa_mpjpe_mm"].baseline > 20
    assert rows["angle_error_deg_gain"].ci95[0] > 0


def test_motion_that_belongs_to_another_is_no_nearer() -> None:
    """Every talk shown with the next one's reference gains less than nothing."""
    talks = [[(made, goal)] for made, goal in zip(MADE, [*MADE[1:], MADE[0]], strict=True)]
    rows = {row.name: row for row in reference_measures(talks, split="val", source="x")}
    assert rows["pa_mpjpe_mm_gain"].value < 0 and rows["angle_error_deg_gain"].value < 0


def test_others_are_those_of_other_talks() -> None:
    """A talk that shows one motion all along is not its own baseline."""
    talks = [[(made, made)] * 4 for made in MADE]
    rows = {row.name: row for row in reference_measures(talks, split="val", source="x")}
    alone = {row.name: row for row in reference_measures([talk[:1] for talk in talks], split="val", source="x")}
    assert rows["pa_mpjpe_mm"].baseline == pytest.approx(alone["pa_mpjpe_mm"].baseline)


def _gain(errors: np.ndarray) -> tuple[float, float]:
    """The interval of the gain for errors [talk, reference's talk]."""
    others = [others_of(number, len(errors)) for number in range(len(errors))]
    own = [(float(error), 1) for error in errors.diagonal()]
    theirs = of_others(own, [errors[n, row].tolist() for n, row in enumerate(others)], others)
    return paired("x", list(zip(own, theirs, strict=True)), pooled_mean, "less", split="", source="")[1].ci95


def test_an_interval_of_nothing_holds_zero_as_often_as_it_says() -> None:
    """Where no motion is nearer to its own reference, 95 % intervals hold 0 in nearly 95 of 100 runs, hard or easy."""
    held = 0
    for seed in range(60):
        rng = np.random.default_rng(seed)
        errors = rng.normal(18, 2, (60, 1)) + rng.normal(0, 3, (1, 60)) + rng.normal(0, 2.5, (60, 60))
        low, high = _gain(errors)
        held += low <= 0 <= high
    assert 52 <= held <= 60


def test_hard_references_hide_no_gain() -> None:
    """A gain of one degree shows, though some references are ten degrees harder to come near than others."""
    rng = np.random.default_rng(0)
    errors = 18 + rng.normal(0, 10, (1, 60)) + rng.normal(0, 1, (60, 60)) - np.eye(60)
    low, high = _gain(errors)
    assert 0 < low < 1 < high < 2
