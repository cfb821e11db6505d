import numpy as np
import pytest

from solami.errors import InputError
from solami.frames import NUM_JOINTS, AudioChunk, Codes, FloatArray, MotionChunk


def rotations(count: int, joints: int = NUM_JOINTS) -> FloatArray:
    return np.tile(np.array([0, 0, 0, 1], np.float32), (count, joints, 1))


def test_values_that_cross_rooms_cannot_be_written_to() -> None:
    """A chunk's arrays are read-only from the moment it is made."""
    audio = AudioChunk(np.zeros(4, np.float32), 16_000)
    motion = MotionChunk(rotations(2), np.zeros((2, 3), np.float32))
    codes = Codes("speech", np.zeros((1, 3), np.int32), 25.0)
    for array in (audio.samples, motion.rotations, motion.translation, codes.values):
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 1


def test_empty_chunks_are_chunks() -> None:
    """A run of no samples, poses or codes is a legal value."""
    assert len(AudioChunk(np.zeros(0, np.float32), 16_000).samples) == 0
    assert len(MotionChunk(rotations(0), np.zeros((0, 3), np.float32)).rotations) == 0
    assert Codes("body", np.zeros((2, 0), np.int32), 7.5).values.shape == (2, 0)


@pytest.mark.parametrize(
    "samples", [np.zeros(4, np.float64), np.zeros((4, 1), np.float32), np.zeros(4, np.int16)], ids=str
)
def test_audio_is_one_run_of_float32(samples: FloatArray) -> None:
    """Samples of another type or rank are refused, and the message says what is expected."""
    with pytest.raises(InputError, match="float32"):
        AudioChunk(samples, 16_000)


@pytest.mark.parametrize(
    ("turned", "moved"),
    [
        (rotations(2, 54), np.zeros((2, 3), np.float32)),
        (rotations(2)[..., :3], np.zeros((2, 3), np.float32)),
        (rotations(2), np.zeros((3, 3), np.float32)),
        (rotations(2), np.zeros((2, 2), np.float32)),
    ],
)
def test_poses_have_every_joint_and_a_place(turned: FloatArray, moved: FloatArray) -> None:
    """A wrong joint count, rotation format or number of places is refused."""
    with pytest.raises(InputError, match="MotionChunk"):
        MotionChunk(turned, moved)


def test_codes_are_int32_by_book_and_time() -> None:
    """Codes of another type or rank are refused."""
    for values in (np.zeros(3, np.int32), np.zeros((1, 3), np.int64)):
        with pytest.raises(InputError, match=r"Codes\.values"):
            Codes("speech", values, 25.0)
