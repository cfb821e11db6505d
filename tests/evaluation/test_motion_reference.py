import pytest

from solami.body.gestures.catalogue import perform
from solami.evaluation.motion_reference import reference_measures

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
