"""Phones that codes tell."""

from pathlib import Path

import numpy as np
import pytest

from solami.datasets.phones import phones_can_be_read
from solami.evaluation.phones import phone_measures, told_phones
from solami.evaluation.recordings import Recording, synthetic_recordings
from solami.frames import AudioChunk, Codes
from solami.tokenizers.speech import NeuralSpeechTokenizer

SHIPPED = Path(__file__).parents[2] / "solami" / "checkpoints" / "default"
TOKENIZER = NeuralSpeechTokenizer.load(SHIPPED)


def test_silence_tells_no_phone() -> None:
    """A second of the code of silence is a pause, which is none."""
    rest = np.full((1, 25), TOKENIZER.rest_code, np.int32)
    assert told_phones(TOKENIZER, Codes("speech", rest, 25.0)) == []


@pytest.mark.skipif(not phones_can_be_read(), reason="the program flite, which reads lines as phones, is not installed")
def test_the_shipped_codes_tell_what_the_agent_says_and_not_something_else() -> None:
    """Of three lines of the agent's some phones in a hundred are wrong; against other lines' texts, most are."""
    lines = [line for line in synthetic_recordings(16_000, 3) if line.source == "synthetic-agent"]
    (right,) = phone_measures(TOKENIZER, lines, "test")
    others = [Recording("others", lines[i - 1].text, line.audio) for i, line in enumerate(lines)]
    (wrong,) = phone_measures(TOKENIZER, others, "test")
    assert (right.name, right.source, right.n) == ("phone_error", "synthetic-agent", 3)
    assert right.value < 0.1 and wrong.value > 0.6


def test_noise_is_no_reason_to_fail() -> None:
    """White noise tells some phones or none, whichever, and no NaN."""
    noise = np.random.default_rng(0).normal(0, 0.1, 16_000).astype(np.float32)
    told = told_phones(TOKENIZER, TOKENIZER.encode(AudioChunk(noise, 16_000).samples))
    assert all(isinstance(phone, str) for phone in told)
