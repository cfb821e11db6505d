import struct
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from solami.body.procedural import wave
from solami.body.sheet import facing, write_sheet
from solami.body.standing import moved
from solami.body.timing import cut
from solami.errors import InputError


def _size(path: Path) -> tuple[int, int]:
    return struct.unpack(">II", path.read_bytes()[16:24])


def test_a_sheet_has_a_column_a_pose_and_rows_for_every_motion(tmp_path: Path) -> None:
    """More poses make it wider, a second motion doubles the rows."""
    motion = wave(1.0)
    write_sheet(tmp_path / "a.png", motion, poses=1)
    write_sheet(tmp_path / "b.png", motion, poses=2)
    write_sheet(tmp_path / "c.png", motion, poses=1, against=cut(motion, 0, 5))
    one, two, both = (_size(tmp_path / f"{name}.png") for name in "abc")
    assert two[0] > 1.8 * one[0] and two[1] == one[1]
    assert both[0] == one[0] and both[1] > 1.8 * one[1]


def test_the_front_is_where_the_body_faces() -> None:
    """A motion turned about the vertical is seen from a camera turned as far, also across the back."""
    motion = wave(0.5)
    start = facing(motion)
    for turn in (0.7, -2.0, 3.1):
        apart = facing(moved(motion, turn, 0, 0)) - start - turn
        assert abs(np.sin(apart / 2)) < 1e-3


def test_nothing_to_draw_is_refused(tmp_path: Path) -> None:
    """No poses, or none asked for, gives an error and no file."""
    motion = wave(0.5)
    with pytest.raises(InputError, match="without poses"):
        write_sheet(tmp_path / "a.png", cut(motion, 0, 0))
    with pytest.raises(InputError, match="0 poses"):
        write_sheet(tmp_path / "a.png", replace(motion), poses=0)
    assert not (tmp_path / "a.png").exists()
