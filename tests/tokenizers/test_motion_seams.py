from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from solami.body.measures import body_positions
from solami.body.pack import Clip, read_index
from solami.body.procedural import idle
from solami.body.timing import cut, join
from solami.frames import FloatArray, MotionChunk
from solami.tokenizers.motion import VQMotionTokenizer

SHIPPED = Path(__file__).parents[2] / "solami" / "checkpoints" / "default"
AROUND = slice(-2, 5)  # steps about a seam: the decoder's last convolutions reach eight poses on


def _speeds(motion: MotionChunk) -> FloatArray:
    """Speed [T-1, 22] of every joint in the world, m/s."""
    return (np.linalg.norm(np.diff(body_positions(motion), axis=0), axis=-1) * motion.fps).astype(np.float32)


def _whole_codes(clip: Clip) -> MotionChunk:
    motion = cut(clip.read(), 0, 96)
    return cut(motion, 0, len(motion.rotations) // 8 * 4)


@pytest.mark.weights
def test_codes_of_other_clips_follow_without_a_jump(data_pack: Path) -> None:
    """Clip, other clip, idle through one decoder: joints at the seams stay within real motion's 99th percentile."""
    tokenizer = VQMotionTokenizer.load(SHIPPED)
    index = [c for c in read_index(data_pack / "motion") if c.split != "train" and "smartbody" in str(c.path)]
    clips = [clip for clip in index if clip.action not in ("run", "jump", "walk")]  # fast before any seam
    real = np.concatenate([_speeds(clip.read()) for clip in index])
    rng = np.random.default_rng(0)
    seams, joints = [], []
    for seed in range(8):
        first, second = (_whole_codes(clips[i]) for i in rng.choice(len(clips), 2, replace=False))
        decoder = tokenizer.decoder()
        parts = [decoder.push(tokenizer.encode(motion)) for motion in (first, second, idle(1.6, seed=seed))]
        speeds = _speeds(join(parts))
        for end in np.cumsum([len(part.rotations) for part in parts])[:-1]:
            near = speeds[end + AROUND.start : end + AROUND.stop]
            seams.append(near.mean(axis=1).max())
            joints.append(near.max())
    assert max(seams) < np.percentile(real.mean(axis=1), 99)
    assert np.median(joints) < np.percentile(real.max(axis=1), 99)


@pytest.mark.weights
def test_the_root_goes_on_over_a_seam(data_pack: Path) -> None:
    """The pelvis of the next clip starts within 6 cm of where the last one left it, wherever that was."""
    tokenizer = VQMotionTokenizer.load(SHIPPED)
    clips = [c for c in read_index(data_pack / "motion") if c.split == "test" and "smartbody" in str(c.path)][:4]
    decoder = tokenizer.decoder()
    parts = [decoder.push(tokenizer.encode(_whole_codes(clip))) for clip in clips]
    for before, after in pairwise(parts):
        assert np.linalg.norm((after.translation[0] - before.translation[-1])[[0, 2]]) < 0.06
