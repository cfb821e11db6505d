from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from solami.body.bvh_read import read_bvh
from solami.body.geometry import angle_between, axis_angle_to_quaternion, multiply
from solami.errors import InputError
from solami.frames import MotionChunk

HEAD = """HIERARCHY
ROOT Hips
{
  OFFSET 0 0 0
  CHANNELS 6 Xposition Yposition Zposition Zrotation Xrotation Yrotation
  JOINT Left Leg
  {
    OFFSET 0 -40 0
    CHANNELS 3 Zrotation Xrotation Yrotation
    End Site
    {
      OFFSET 0 -40 0
    }
  }
}
MOTION
"""
TIMES = "Frames: 2\nFrame Time: 0.0333333\n"
ROWS = "0 90 0 0 0 0 0 0 0\n1 91 2 90 0 0 10 20 30\n"


def _written(tmp_path: Path, text: str) -> Path:
    (tmp_path / "a.bvh").write_text(text)
    return tmp_path / "a.bvh"


def test_channels_turn_in_the_order_they_are_named(tmp_path: Path) -> None:
    """The leftmost channel is the outermost turn, names may hold spaces, and an end site is a bone without channels."""
    rig = read_bvh(_written(tmp_path, HEAD + TIMES + ROWS))
    assert rig.names == ("Hips", "Left Leg", "Left Leg_end") and rig.parents == (-1, 0, 1) and rig.fps == 30.0
    z, x, y = (axis_angle_to_quaternion(np.radians(np.array(a))) for a in ([0, 0, 10.0], [20.0, 0, 0], [0, 30.0, 0]))
    hips = axis_angle_to_quaternion(np.radians(np.array([0, 0, 90.0])))
    assert angle_between(rig.rotations[1, 1], multiply(hips, multiply(z, multiply(x, y)))) < 1e-9
    np.testing.assert_allclose(rig.positions[1, :2], [[1, 91, 2], [41, 91, 2]], atol=1e-9)
    np.testing.assert_allclose(rig.rests[0].positions[:, 1], [0, -40, -80])


def test_layout_does_not_matter(tmp_path: Path) -> None:
    """Braces on the line of the joint, tabs, small letters and Windows line ends read the same."""
    squeezed = HEAD.replace("\n{", " {").replace("\n  {", "\t{").replace("CHANNELS", "channels").replace("\n", "\r\n")
    (tmp_path / "b.bvh").write_bytes((squeezed + TIMES + ROWS.replace(" ", "\t")).encode())
    np.testing.assert_array_equal(
        read_bvh(tmp_path / "b.bvh").positions, read_bvh(_written(tmp_path, HEAD + TIMES + ROWS)).positions
    )


@pytest.mark.parametrize(
    ("offset", "first", "height"),
    [("0 90 0", "0 91 0", 91), ("0 90 0", "0 1 0", 91), ("5 90 5", "5 90 5", 90), ("0 0 0", "0 91 0", 91)],
)
def test_positions_replace_the_offset_or_are_added_to_it(
    tmp_path: Path, offset: str, first: str, height: float
) -> None:
    """Whichever keeps the first frame near the offset: programs do either."""
    text = HEAD.replace("OFFSET 0 0 0", f"OFFSET {offset}") + TIMES + f"{first} 0 0 0 0 0 0\n" * 2
    assert read_bvh(_written(tmp_path, text)).positions[0, 0, 1] == height


@pytest.mark.parametrize(
    ("written", "fps"),
    [("0.0333333", 30), ("0.033", 30), ("0.0166667", 60), ("0.00833333", 120), ("0.0416667", 24), ("0.01", 100),
     ("0.0333667", 1 / 0.0333667), ("0.05", 20)],
)  # fmt: skip
def test_rates_are_rounded_as_far_as_their_digits_allow(tmp_path: Path, written: str, fps: float) -> None:
    """A time cut to three digits is the usual rate it was cut from; 29.97 stays 29.97."""
    text = HEAD + TIMES.replace("0.0333333", written) + ROWS
    assert read_bvh(_written(tmp_path, text)).fps == pytest.approx(fps, abs=1e-9)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda t: "", "HIERARCHY"),
        (lambda t: "PK\x03\x04 zip", "HIERARCHY"),
        (lambda t: t[: t.index("MOTION")], "Frame Time"),
        (lambda t: t[: t.index("End Site")] + "MOTION\n" + TIMES, "hierarchy"),
        (lambda t: t[:-12], "cut"),
        (lambda t: t + "1 2 3\n", "Frames: or CHANNELS is wrong"),
        (lambda t: t.replace("CHANNELS 3", "CHANNELS 4"), "CHANNELS 4"),
        (lambda t: t.replace("CHANNELS 3 Zrotation", "CHANNELS 3 Wrotation"), "Wrotation"),
        (lambda t: t.replace("Frames: 2", "Frames: 0"), "at least 1"),
        (lambda t: t.replace("Frames: 2", "Frames: 9000000"), "cut"),
        (lambda t: t.replace("Frames: 2", "Frames: 1e99"), "at least 1"),
        (lambda t: t.replace("Frames: 2", "Frames: nan"), "finite"),
        (lambda t: t.replace("Frame Time: 0.0333333", "Frame Time: 0"), "0.001 to 1"),
        (lambda t: t.replace("0 90 0 0", "0 nan 0 0"), "frame 0"),
        (lambda t: t.replace("91", "9x1"), "no number"),
        (lambda t: t.replace("OFFSET 0 -40 0", "OFFSET 0 up 0"), "number"),
        (lambda t: t.replace("ROOT Hips\n{", "ROOT Hips\n{\n" + "JOINT a\n{\nOFFSET 0 0 0\n" * 2100), "joints"),
    ],
)
def test_files_that_cannot_be_used_say_why(tmp_path: Path, change: Callable[[str], str], says: str) -> None:
    """Every fault is an InputError that names it, and no promise of a file is believed before it is kept."""
    with pytest.raises(InputError, match=says):
        read_bvh(_written(tmp_path, change(HEAD + TIMES + ROWS)))


def test_absent_files_and_folders_are_refused(tmp_path: Path) -> None:
    """What cannot be opened is an InputError too."""
    for path in (tmp_path / "absent.bvh", tmp_path):
        with pytest.raises(InputError, match="cannot be read"):
            read_bvh(path)


def test_long_captures_are_refused_before_they_are_held(
    rig_file: Callable[..., Path], motion: MotionChunk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More frames times bones than fit are told to be cut."""
    monkeypatch.setattr("solami.body.rig_motion.MAX_POSE_VALUES", 100)
    with pytest.raises(InputError, match="cut the file"):
        read_bvh(rig_file(motion))
