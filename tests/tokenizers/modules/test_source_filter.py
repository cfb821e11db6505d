"""Excitation and overlap-add."""

import numpy as np
import torch
import torch.nn.functional as F

from solami.tokenizers.modules import source_filter as sf


def test_overlap_add_undoes_framing() -> None:
    """A signal framed and overlap-added is itself, away from the ends."""
    signal = torch.randn(1, 40 * sf.HOP, generator=torch.Generator().manual_seed(0))
    again = sf.overlap_add(sf.frames_of(F.pad(signal, (sf.REACH, sf.REACH))))[:, sf.REACH : -sf.REACH]
    inner = slice(3 * sf.HOP, -3 * sf.HOP)
    assert torch.allclose(again[:, inner], signal[:, inner], atol=1e-5)


def test_pulses_repeat_at_the_pitch() -> None:
    """At 200 Hz the pulse train correlates with itself after 80 samples and has unit power."""
    pulses, _, _ = sf.excite(torch.full((1, 50), 200.0), torch.zeros(1), 0)
    wave = pulses[0].numpy()
    assert np.corrcoef(wave[:-80], wave[80:])[0, 1] > 0.999
    assert abs(np.mean(wave**2) - 1.0) < 0.05


def test_excitation_continues_across_chunks() -> None:
    """Two halves with the phase carried over equal one whole excitation."""
    f0_hz = torch.linspace(90.0, 240.0, 30)[None]
    whole = sf.excite(f0_hz, torch.zeros(1), 0)
    first = sf.excite(f0_hz[:, :13], torch.zeros(1), 0)
    second = sf.excite(f0_hz[:, 13:], first[2], 13 * sf.HOP)
    for k in range(2):
        assert torch.allclose(torch.cat([first[k], second[k]], dim=1), whole[k], atol=2e-3)
