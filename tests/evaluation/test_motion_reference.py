import pytest

from solami.body.gestures.catalogue import perform
from solami.evaluation.motion_reference import reference_measures


def test_a_motion_is_nearer_to_its_own_reference_than_to_anothers() -> None:
    """Identical motion has no error, however long the reference goes on; another's reference has."""
    made = [perform(caption, 1).motion for caption in ("bows", "waves with both hands")]
    rows = {row.name: row for row in reference_measures([[one, one] for one in made], made, split="val", source="x")}
    assert rows["pa_mpjpe_mm"].value == pytest.approx(0, abs=1e-2)
    assert rows["angle_error_deg"].value == pytest.approx(0, abs=0.1)
    assert rows["pa_mpjpe_mm"].baseline is not None and rows["pa_mpjpe_mm"].baseline > 20
    assert rows["angle_error_deg_gain"].ci95[0] > 0
