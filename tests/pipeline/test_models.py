"""What a checkpoint's models may lack."""

from typing import Any

from solami.pipeline.models import Models


def test_mouth_idle_and_three_points_may_be_missing() -> None:
    """A checkpoint with the five necessary models is one."""
    nothing: Any = object()
    models = Models(nothing, nothing, nothing, nothing, nothing)
    assert (models.mouth, models.idle, models.three_points) == (None, None, None)
