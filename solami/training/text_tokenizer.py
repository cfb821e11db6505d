"""Train the text tokenizer: a byte-level BPE on scripts, dialogues and motion captions.

Not the vocabulary: `llm.vocabulary` puts the spans of special tokens and codes behind this tokenizer's ids. The
tokenizer knows no special token, so nothing a user says can become one.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path

from tokenizers import Tokenizer
from tokenizers.decoders import ByteLevel as ByteLevelDecoder
from tokenizers.models import BPE
from tokenizers.pre_tokenizers import ByteLevel
from tokenizers.trainers import BpeTrainer

from solami.datasets.dialogues import read_dialogues
from solami.datasets.motion import load_motion_clips
from solami.datasets.scripts import load_scripts
from solami.datasets.sources import require_file
from solami.errors import InputError

REPEATS = 5  # the characters' own lines are few but are what the model says
MAX_DIALOGUES = 8000


def train_text_tokenizer(texts: Iterable[str], size: int = 4096) -> Tokenizer:
    """A byte-level BPE of at most `size` tokens; upper case and spaces are kept, so decoding is exact."""
    if size < 256:
        raise InputError(f"text tokenizer: got size {size}, expected at least 256, one for each byte")
    tokenizer = Tokenizer(BPE())
    tokenizer.pre_tokenizer = ByteLevel(add_prefix_space=False)
    tokenizer.decoder = ByteLevelDecoder()
    trainer = BpeTrainer(vocab_size=size, initial_alphabet=ByteLevel.alphabet(), show_progress=False)
    tokenizer.train_from_iterator(texts, trainer=trainer)
    return tokenizer


def script_texts() -> Iterator[str]:
    """The shipped scripts of the train split."""
    for script in load_scripts():
        if script.split == "train":
            for turn in script.turns:
                # A clause that is not the first of its turn, and every caption, is tokenized behind a space.
                yield from [turn.speech, " " + turn.speech, " " + turn.motion] * REPEATS


def collect_texts(pack: Path) -> Iterator[str]:
    """The training text: shipped scripts and the data pack's captions, dialogues and topics, train split only."""
    yield from script_texts()
    for clip in load_motion_clips(pack):
        if clip.split == "train":
            yield from [" " + clip.caption] * REPEATS
    dialogues = [dialogue for dialogue in read_dialogues(pack) if dialogue.split == "train"]
    for dialogue in dialogues[:: max(1, len(dialogues) // MAX_DIALOGUES)]:  # the cap still covers all topics
        yield from dialogue.turns
    topics = require_file(pack / "text" / "topics.csv", "topics")
    with topics.open(encoding="utf-8", newline="") as file:
        yield from (row["topic"] for row in csv.DictReader(file))
