import math

import numpy as np
import pytest

from solami.body.procedural import idle, wave
from solami.body.standing import moved, placed_like, placement_between


@pytest.mark.parametrize(
    ("yaw", "x", "z", "distance", "bearing", "facing"),
    [
        (math.pi, 0.0, 2.0, 2.0, 0.0, 0.0),  # ahead, looking back at the viewer
        (0.0, 0.0, 2.0, 2.0, 0.0, math.pi),  # ahead, back turned
        (-math.pi / 2, 3.0, 0.0, 3.0, math.pi / 2, 0.0),  # to the left, looking at the viewer
        (-math.pi / 2, 0.0, 1.0, 1.0, 0.0, math.pi / 2),  # ahead, turned to the left of looking at the viewer
    ],
)
def test_a_person_is_placed_as_seen(
    yaw: float, x: float, z: float, distance: float, bearing: float, facing: float
) -> None:
    """Distance, bearing to the left and facing are those of a plain geometric picture."""
    place = placement_between(idle(0.1), moved(idle(0.1), yaw, x, z), pose=0)  # where it starts; then it sways
    assert place.distance_m == pytest.approx(distance, abs=1e-5)
    assert place.bearing_rad == pytest.approx(bearing, abs=1e-5)
    assert abs(math.remainder(place.facing_rad - facing, 2 * math.pi)) < 1e-4


def test_placement_moves_with_both() -> None:
    """Turning and shifting the whole world changes nothing."""
    viewer, person = idle(0.1), moved(idle(0.1), 2.0, 0.5, 1.5)
    before = placement_between(viewer, person)
    after = placement_between(moved(viewer, 0.7, 3.0, -1.0), moved(person, 0.7, 3.0, -1.0))
    assert after.distance_m == pytest.approx(before.distance_m, abs=1e-5)
    assert after.bearing_rad == pytest.approx(before.bearing_rad, abs=1e-5)
    assert after.facing_rad == pytest.approx(before.facing_rad, abs=1e-5)


def test_a_motion_starts_where_another_does() -> None:
    """Placed like a moved copy of itself, a motion becomes that copy."""
    there = moved(wave(1.0), 1.1, 0.4, -0.8)
    start = moved(there, 0.0, -float(there.translation[0, 0]), -float(there.translation[0, 2]))
    back = placed_like(moved(start, -1.1, 0.0, 0.0), there)
    np.testing.assert_allclose(back.translation, there.translation, atol=0.02)
