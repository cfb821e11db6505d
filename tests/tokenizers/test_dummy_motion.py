import numpy as np
import pytest

from solami.body.procedural import wave
from solami.body.timing import cut, join
from solami.errors import TokenizerError
from solami.frames import Codes
from solami.tokenizers.base import MotionCodes
from solami.tokenizers.dummy_motion import DummyMotionTokenizer

TOKENIZER = DummyMotionTokenizer()


def test_streaming_equals_whole() -> None:
    """Pushed in uneven runs, the same codes come out and decode to the same poses."""
    motion = wave(1.1)
    whole = TOKENIZER.encode(motion)
    encoder = TOKENIZER.encoder()
    parts = [encoder.push(cut(motion, a, b)) for a, b in ((0, 3), (3, 3), (3, 20), (20, 33))] + [encoder.flush()]
    np.testing.assert_array_equal(np.concatenate([p.body.values for p in parts], axis=1), whole.body.values)
    decoder = TOKENIZER.decoder()
    poses = join([decoder.push(p) for p in parts])
    np.testing.assert_allclose(poses.rotations, TOKENIZER.decode(whole).rotations, atol=1e-6)
    assert len(poses.rotations) == 36


def test_poses_follow_the_code_smoothly() -> None:
    """The body moves with its codes and never jumps."""
    codes = np.array([[0, 511, 0, 256]], np.int32)
    poses = TOKENIZER.decode(MotionCodes(Codes("body", codes, 7.5), Codes("hands", codes // 2, 7.5)))
    steps = np.abs(np.diff(poses.rotations, axis=0)).max()
    assert 0.01 < steps < 0.2


def test_unequal_codes_are_refused() -> None:
    """Body and hands must have as many code frames."""
    with pytest.raises(TokenizerError):
        body, hands = Codes("body", np.zeros((1, 2), np.int32), 7.5), Codes("hands", np.zeros((1, 1), np.int32), 7.5)
        TOKENIZER.decode(MotionCodes(body, hands))
