from pathlib import Path

import numpy as np
import pytest

from solami.body.geometry import angle_between
from solami.body.kinematics import forward_kinematics
from solami.body.motion_files import WRITERS, read_any_motion, writer_for
from solami.body.procedural import wave
from solami.body.timing import resample
from solami.errors import InputError
from solami.frames import MotionChunk


def busy(seconds: float = 0.5) -> MotionChunk:
    """A waving body whose every joint, eyes and fingers too, turns, and which walks and turns round."""
    motion = wave(seconds)
    random = np.random.default_rng(3)
    rotations = motion.rotations + random.normal(0, 0.15, (1, 55, 4)).astype(np.float32)
    rotations /= np.linalg.norm(rotations, axis=-1, keepdims=True)
    way = np.linspace([1.0, 0.0, 2.0], [3.0, 0.1, -4.0], len(rotations)).astype(np.float32)
    return MotionChunk(rotations, motion.translation + way, motion.fps)


def world(motion: MotionChunk) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Joints in the world [T, 55, 3]."""
    return forward_kinematics(motion.rotations.astype(np.float64), motion.translation.astype(np.float64))[1]


@pytest.mark.parametrize("ending", WRITERS)
def test_a_motion_survives_every_format(tmp_path: Path, ending: str) -> None:
    """Written and read again, no joint is off by half a degree or a millimetre; the number of poses stays."""
    motion = busy()
    path = tmp_path / f"a{ending}"
    writer_for(path)(path, motion)
    file = read_any_motion(path)
    assert len(file.motion.rotations) == len(motion.rotations) and file.missing_joints == ()
    assert np.degrees(angle_between(motion.rotations, file.motion.rotations)).max() < 0.1
    assert np.abs(world(motion) - world(file.motion)).max() < 1e-4


@pytest.mark.parametrize("fps", [24.0, 60.0, 100.0, 120.0])
@pytest.mark.parametrize("ending", [".bvh", ".vrma"])
def test_other_rates_come_to_thirty(tmp_path: Path, ending: str, fps: float) -> None:
    """A file of any rate shows at 30 fps what the motion shows when it is resampled."""
    motion = resample(busy(), fps)
    path = tmp_path / f"a{ending}"
    writer_for(path)(path, motion)
    file = read_any_motion(path)
    assert file.source_fps == fps
    np.testing.assert_allclose(world(file.motion), world(resample(motion, 30.0)), atol=1e-4)


def test_endings_nobody_knows_are_refused(tmp_path: Path) -> None:
    """Unknown endings say which are known, and `trans` belongs to npz alone."""
    for name in ("a.fbx", "a"):
        with pytest.raises(InputError, match="expected one of"):
            read_any_motion(tmp_path / name)
        with pytest.raises(InputError, match="expected one of"):
            writer_for(tmp_path / name)
    with pytest.raises(InputError, match="only an"):
        read_any_motion(tmp_path / "a.bvh", trans="transl")
