"""Train the text tokenizer: a byte-level BPE on scripts, dialogues and motion captions.

Not the vocabulary: `llm.vocabulary` puts the spans of special tokens and codes behind this tokenizer's ids. The
tokenizer knows no special token, so nothing a user says can become one.
"""

from __future__ import annotations

import csv
import hashlib
import json
import lzma
from collections.abc import Iterable, Iterator
from pathlib import Path

from tokenizers import Tokenizer
from tokenizers.decoders import ByteLevel as ByteLevelDecoder
from tokenizers.models import BPE
from tokenizers.pre_tokenizers import ByteLevel
from tokenizers.trainers import BpeTrainer

SCRIPT_REPEATS = 5  # the characters' own lines are few but are what the model says
MAX_DIALOGUES = 8000


def train_text_tokenizer(texts: Iterable[str], size: int = 4096) -> Tokenizer:
    """A byte-level BPE of at most `size` tokens; upper case and spaces are kept, so decoding is exact."""
    tokenizer = Tokenizer(BPE())
    tokenizer.pre_tokenizer = ByteLevel(add_prefix_space=False)
    tokenizer.decoder = ByteLevelDecoder()
    trainer = BpeTrainer(vocab_size=size, initial_alphabet=ByteLevel.alphabet(), show_progress=False)
    tokenizer.train_from_iterator(texts, trainer=trainer)
    return tokenizer


def collect_texts(data_folder: Path) -> Iterator[str]:
    """The training text of a data pack: scripts, persona topics, dialogues and captions, train split only."""
    for path in sorted((data_folder / "scripts").glob("*.jsonl")):
        for _ in range(SCRIPT_REPEATS):
            yield from _script_texts(path)
    yield from _caption_texts(data_folder / "motion" / "index.jsonl")
    yield from _dialogue_texts(data_folder / "text" / "dialogues.jsonl.xz")
    topics = data_folder / "text" / "topics.csv"
    if topics.exists():
        with topics.open(encoding="utf-8", newline="") as file:
            yield from (row["topic"] for row in csv.DictReader(file))


def _is_train(identity: str) -> bool:
    """The split rule of scripts and dialogues: md5 of the id modulo 100 below 90."""
    return int(hashlib.md5(identity.encode(), usedforsecurity=False).hexdigest(), 16) % 100 < 90


def _script_texts(path: Path) -> Iterator[str]:
    for line in path.read_text(encoding="utf-8").splitlines():
        script = json.loads(line)
        if not _is_train(script["id"]):
            continue
        for turn in script["turns"]:
            # A clause that is not the first of its turn is tokenized behind a space.
            yield from (turn["speech"], " " + turn["speech"], " " + turn["motion"])


def _caption_texts(index: Path) -> Iterator[str]:
    if not index.exists():
        return
    for line in index.read_text(encoding="utf-8").splitlines():
        clip = json.loads(line)
        if clip["split"] == "train":
            yield from [" " + clip["caption"]] * SCRIPT_REPEATS


def _dialogue_texts(path: Path) -> Iterator[str]:
    """Every n-th train conversation, so that the cap still covers all topics."""
    if not path.exists():
        return
    with lzma.open(path, "rt", encoding="utf-8") as file:
        lines = [line for line in file if _is_train(json.loads(line)["id"])]
    for line in lines[:: max(1, len(lines) // MAX_DIALOGUES)]:
        yield from json.loads(line)["turns"]
