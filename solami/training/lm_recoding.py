"""An LLM goes over to another speech tokenizer: what it knows of the old codes starts its rows of the new ones.

A new code's row is the mean of the old codes' rows, each as often as both stood for the same 40 ms of the same sound.
Everything that is not speech stays; some training on the new codes must follow.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from solami.errors import ConfigError
from solami.frames import FloatArray
from solami.llm.vocabulary import Vocabulary
from solami.tokenizers.base import SpeechTokenizer
from solami.training.lm_model import load_model, save_model

log = logging.getLogger(__name__)


def recode(llm: Path, was: SpeechTokenizer, now: SpeechTokenizer, sounds: Iterable[FloatArray], out: Path) -> None:
    """Write the LLM of `llm`, which speaks in codes of `was`, as one that begins to speak in codes of `now`.

    Raises:
        ConfigError: the LLM has other codes than `was`, or a tokenizer has several codebooks or another frame rate.
    """
    old = Vocabulary.load(llm)
    old.check_specs([was.spec])
    if now.spec.num_codebooks != 1 or was.spec.num_codebooks != 1 or now.spec.frame_rate != was.spec.frame_rate:
        raise ConfigError(f"recode: got {was.spec} and {now.spec}, expected one codebook each at one frame rate")
    new = Vocabulary(
        old.tokenizer, [now.spec, *(s for s in old.specs.values() if s.modality != "speech")], old.specials
    )
    shares = torch.from_numpy(shares_of(together(was, now, sounds)))
    model = load_model(llm, old)
    layers = (model.get_input_embeddings(), model.get_output_embeddings())
    rows = [_recoded(layer.weight.detach().clone(), old, shares) for layer in layers]
    model.resize_token_embeddings(new.size, mean_resizing=False)
    with torch.no_grad():
        for layer, row in zip((model.get_input_embeddings(), model.get_output_embeddings()), rows, strict=True):
            layer.weight[: new.size] = row
    save_model(model, new, out)


def together(was: SpeechTokenizer, now: SpeechTokenizer, sounds: Iterable[FloatArray]) -> np.ndarray:
    """How often each code of `now` and each of `was` stood for the same stretch of the same sound [N, W]."""
    counts = np.zeros((now.spec.codebook_size, was.spec.codebook_size), np.int64)
    for samples in sounds:
        np.add.at(counts, (now.encode(samples).values[0], was.encode(samples).values[0]), 1)
    met = int((counts.sum(1) > 0).sum())
    log.info("%d of %d new codes met in %d frames", met, len(counts), counts.sum())
    return counts


def shares_of(counts: np.ndarray) -> FloatArray:
    """Counts [N, W] -> shares that sum to 1 in each row; of a code never met, those of all codes together."""
    counts = np.where(counts.sum(1, keepdims=True) > 0, counts, counts.sum(0, keepdims=True))
    shares: FloatArray = (counts / np.maximum(counts.sum(1, keepdims=True), 1)).astype(np.float32)
    return shares


def _recoded(rows: Tensor, old: Vocabulary, shares: Tensor) -> Tensor:
    """Embedding rows with those of speech replaced."""
    speech = old.span("speech")
    return torch.cat([rows[: speech.start], shares @ rows[speech.start : speech.stop], rows[speech.stop : old.size]])
