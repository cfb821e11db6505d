from pathlib import Path

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from solami.body.bvh import euler_zxy, write_bvh
from solami.body.geometry import angle_between, axis_angle_to_quaternion, multiply, quaternion_to_matrix
from solami.body.procedural import wave


@given(st.lists(st.floats(-1.5, 1.5), min_size=3, max_size=3))
@example([1.2091903442579168] * 3)  # x within 1e-5 of a right angle
@example([np.pi / 2, 0.0, 0.0])
@example([-np.pi / 2, 0.0, 0.0])
def test_euler_angles_make_the_rotation(vector: list[float]) -> None:
    """Turning about Z, then X, then Y by the angles is the rotation they came from."""
    q = axis_angle_to_quaternion(np.array(vector))
    z, x, y = euler_zxy(quaternion_to_matrix(q))
    parts = [axis_angle_to_quaternion(np.array(a)) for a in ([0, 0, z], [x, 0, 0], [0, y, 0])]
    assert angle_between(multiply(parts[0], multiply(parts[1], parts[2])), q) < 1e-6


def test_file_has_every_joint_and_pose(tmp_path: Path) -> None:
    """The hierarchy names 55 joints, and every pose is a line of their channels in centimetres."""
    write_bvh(tmp_path / "a.bvh", wave(1.0))
    lines = (tmp_path / "a.bvh").read_text().splitlines()
    assert sum(line.split()[0] in ("ROOT", "JOINT") for line in lines if line.strip()) == 55
    start = lines.index("MOTION")
    assert lines[start + 1 : start + 3] == ["Frames: 30", "Frame Time: 0.03333333"]
    rows = np.array([[float(v) for v in line.split()] for line in lines[start + 3 :]])
    assert rows.shape == (30, 3 + 55 * 3)
    assert 90 < rows[0, 1] < 100
