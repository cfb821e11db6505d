"""An LLM that goes over to another speech tokenizer."""

from pathlib import Path

import numpy as np
import pytest
import torch

from solami.errors import ConfigError
from solami.frames import Codes, CodeSpec, FloatArray
from solami.llm.vocabulary import Vocabulary
from solami.tokenizers.dummy_speech import DummySpeechTokenizer
from solami.training.lm_model import ModelConfig, fresh_model, load_model, save_model
from solami.training.lm_recoding import recode, shares_of, together

TINY = ModelConfig(hidden=32, layers=2, heads=2, intermediate=64)


class Loudness(DummySpeechTokenizer):
    """Codes that count how loud 40 ms are, in so many steps."""

    def __init__(self, steps: int) -> None:
        super().__init__()
        self.spec = CodeSpec("speech", steps, 1, 25.0)

    def encode(self, samples: FloatArray) -> Codes:
        frames = samples[: len(samples) // 640 * 640].reshape(-1, 640)
        level = np.minimum(
            (np.abs(frames).mean(1) * self.spec.codebook_size).astype(np.int32), self.spec.codebook_size - 1
        )
        return Codes("speech", level[None], 25.0)


WAS, NOW = Loudness(16), Loudness(24)
SOUND = np.repeat(np.linspace(0, 0.6, 200), 640).astype(np.float32)  # the loudest codes never come


def test_codes_are_counted_where_they_meet() -> None:
    """Every frame once; a code's shares sum to 1, and loud ones stand for loud ones."""
    counts = together(WAS, NOW, [SOUND, SOUND])
    assert counts.shape == (24, 16) and counts.sum() == 400
    shares = shares_of(counts)
    assert np.allclose(shares.sum(1), 1, atol=1e-6)
    assert (np.diff(shares[:14] @ np.arange(16)) > 0).all()
    assert np.allclose(shares[23], counts.sum(0) / 400)


def test_rows_of_speech_begin_as_means_and_all_others_stay(words: Vocabulary, tmp_path: Path) -> None:
    """A new code's row is the mean of those it met with; words, specials, motion and every layer are as before."""
    torch.manual_seed(0)
    save_model(fresh_model(TINY, words), words, tmp_path / "was")
    recode(tmp_path / "was", WAS, NOW, [SOUND], tmp_path / "now")
    made = Vocabulary.load(tmp_path / "now")
    assert made.specs["speech"] == NOW.spec and made.size == words.size + 8
    before, after = load_model(tmp_path / "was", words), load_model(tmp_path / "now", made)
    old, new = (model.get_input_embeddings().weight.detach() for model in (before, after))
    for name in ("body", "hands", "placement"):
        assert torch.equal(new[list(made.span(name))], old[list(words.span(name))])
    assert torch.equal(new[: made.span("speech").start], old[: words.span("speech").start])
    shares = torch.from_numpy(shares_of(together(WAS, NOW, [SOUND])))
    assert torch.allclose(new[list(made.span("speech"))], shares @ old[list(words.span("speech"))], atol=1e-3)
    kept = [name for name in before.state_dict() if "layers" in name]
    assert kept and all(torch.equal(before.state_dict()[name], after.state_dict()[name]) for name in kept)


def test_an_llm_of_other_codes_is_refused(words: Vocabulary, tmp_path: Path) -> None:
    """The old tokenizer must be the LLM's own."""
    save_model(fresh_model(TINY, words), words, tmp_path)
    with pytest.raises(ConfigError, match="speech tokenizer"):
        recode(tmp_path, NOW, WAS, [SOUND], tmp_path / "now")
