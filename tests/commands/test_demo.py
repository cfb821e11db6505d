"""`solami demo` without input, and its rules."""

import sys

import numpy as np
import pytest

from solami.cli import main
from solami.commands.demo import _demo_user


def test_the_demo_user_speaks_and_waves() -> None:
    """A synthesised line at speech level with a wave as long."""
    pytest.importorskip("espeakng_loader")
    user = _demo_user()
    assert user.audio is not None and user.motion is not None and user.text is None
    assert 1.0 < len(user.audio.samples) / user.audio.sample_rate < 3.0
    assert np.abs(user.audio.samples).max() > 0.1
    assert len(user.motion.rotations) / 30 >= len(user.audio.samples) / user.audio.sample_rate


def test_words_are_given_once(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """TEXT together with AUDIO is wrong usage."""
    monkeypatch.setattr(sys, "argv", ["solami", "demo", "--text", "hi", "--audio", "a.wav"])
    with pytest.raises(SystemExit) as end:
        main()
    assert end.value.code == 2 and "both" in capsys.readouterr().err
