from functools import partial
from pathlib import Path

import numpy as np
import pytest

from solami.datasets.procedural_clips import procedural_clips
from solami.datasets.spoken import SpokenStore
from solami.datasets.staging import Stage
from solami.tokenizers.dummy_motion import DummyMotionTokenizer
from solami.tokenizers.dummy_speech import DummySpeechTokenizer
from solami.training import lm_runs
from solami.training.lm_codes import CodeStore
from solami.training.lm_encoding import encode_motion, encode_speech

CAPTIONS = ("stands still", "claps", "talks with both hands")


def small_stage() -> Stage:
    return Stage([], [clip for clip in procedural_clips(1) if clip.caption in CAPTIONS])


def test_lines_and_runs_become_codes_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every stored line and run has codes of whole beats, and shards that exist are left alone."""
    monkeypatch.setattr(lm_runs, "IDLES", 2)
    monkeypatch.setattr(lm_runs, "TALKS", 1)
    store = SpokenStore(tmp_path / "lines")
    noise = np.random.default_rng(0).standard_normal(9000).astype(np.float32) * 0.1
    store.add([("agent", "Hello.", "rms", noise), ("user", "Who are you?", "slt", noise)])
    out = tmp_path / "codes"
    for _ in range(2):
        encode_speech(tmp_path / "lines", out, DummySpeechTokenizer, None, workers=1)
        encode_motion(out, DummyMotionTokenizer, partial(small_stage), workers=1)
        written = {file.name: file.stat().st_mtime_ns for file in out.glob("*.npz")}
    codes = CodeStore(out)
    assert set(written) == {"speech_silence.npz", "speech_00000.npz", "motion_00000.npz"}
    assert {("agent", "Hello."), ("user", "Who are you?"), ("silence", "")} == set(codes.speech)
    assert all(values.shape[1] % 10 == 0 for values in codes.speech.values())
    assert {"idle:0", "idle:1", "talk:0"} < set(codes.motion) and len(codes.motion) == 6
    run = next(codes.motion[key] for key in codes.motion if "claps" in key)
    assert run.body.shape[1] == run.hands.shape[1] == len(run.path) > 10
