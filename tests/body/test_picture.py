from pathlib import Path

import numpy as np

from solami.body.picture import draw_reply
from solami.body.procedural import wave
from solami.body.timing import cut
from solami.frames import AudioChunk


def test_a_reply_becomes_a_picture(tmp_path: Path) -> None:
    """Motion and audio give a PNG; without poses there is still the waveform."""
    audio = AudioChunk(np.sin(np.arange(16000) / 20).astype(np.float32), 16000)
    for name, motion in (("a.png", wave(1.0)), ("b.png", cut(wave(1.0), 0, 0))):
        draw_reply(motion, audio, tmp_path / name)
        assert (tmp_path / name).read_bytes().startswith(b"\x89PNG")
    assert (tmp_path / "a.png").stat().st_size > (tmp_path / "b.png").stat().st_size
