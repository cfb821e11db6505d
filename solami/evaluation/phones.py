"""Which phones speech codes tell: where words are lost, before any decoder or recogniser.

A recogniser errs by itself and counts words; phones are many and read from the codes by the network's own CTC head
(Graves et al. 2006), so that a few clips tell two codecs apart.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

import numpy as np
import torch

from solami.datasets.phones import BLANK, PAUSE, PHONES, phones_of
from solami.evaluation.measures import Measure, measure
from solami.evaluation.recognition import ErrorCount, edit_errors, error_rate
from solami.evaluation.recordings import Recording
from solami.frames import Codes
from solami.tokenizers.speech import NeuralSpeechTokenizer


@torch.inference_mode()
def told_phones(tokenizer: NeuralSpeechTokenizer, codes: Codes) -> list[str]:
    """The likeliest phones of speech codes [1, T] in order, without pauses."""
    net = tokenizer.net
    vectors = net.quantizer.vectors_of(torch.from_numpy(codes.values.astype(np.int64)))
    best = net.decoder.phone_ctc(net.decoder.content(vectors).transpose(1, 2))[0].argmax(dim=-1)
    names = (PHONES[phone] for phone, _ in groupby(best.tolist()))
    return [name for name in names if name not in (BLANK, PAUSE)]


def phone_measures(tokenizer: NeuralSpeechTokenizer, recordings: Iterable[Recording], split: str) -> list[Measure]:
    """Phone error of the codes by source, against flite's reading of what is said."""
    errors: dict[str, list[ErrorCount]] = {}
    for recording in recordings:
        wanted = [phone for phone in phones_of(recording.text) if phone != PAUSE]
        told = told_phones(tokenizer, tokenizer.encode(recording.audio.samples))
        errors.setdefault(recording.source, []).append(edit_errors(wanted, told))
    return [
        measure("phone_error", parts, error_rate, split=split, source=source)
        for source, parts in sorted(errors.items())
    ]
