"""`solami train recode`: the LLM for another speech tokenizer."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from solami.frames import FloatArray


def train_recode(
    speech: Annotated[Path, typer.Argument(help="Folder of the speech tokenizer that the LLM is to speak.")],
    out: Annotated[Path, typer.Option(help="Where the LLM goes.")],
    lines: Annotated[Path, typer.Option(help="Synthesised lines, as `solami data build --stage speech` makes them.")],
    checkpoint: Annotated[str, typer.Option(help="The checkpoint whose LLM it is, with its speech tokenizer.")] = (
        "default"
    ),
    minutes: Annotated[float, typer.Option(min=0.1, help="How much of the lines both tokenizers hear.")] = 90.0,
) -> None:
    """Start an LLM on another speech tokenizer's codes with what it knows of the old ones; train it on them then."""
    from solami.config import checkpoint_folder
    from solami.tokenizers.speech import NeuralSpeechTokenizer
    from solami.training.lm_recoding import recode

    folder = checkpoint_folder(checkpoint)
    was, now = NeuralSpeechTokenizer.load(folder), NeuralSpeechTokenizer.load(speech)
    recode(folder / "llm", was, now, _sounds(lines, minutes), out)
    typer.echo(f"{out}: speaks {now.spec.codebook_size} codes in place of {was.spec.codebook_size}")


def _sounds(lines: Path, minutes: float) -> Iterator[FloatArray]:
    """Lines of shards in a fixed random order, for so many minutes."""
    from solami.datasets.spoken import SpokenStore
    from solami.datasets.tts import SAMPLE_RATE
    from solami.errors import InputError

    store = SpokenStore(lines)
    shards = sorted(lines.glob("*.flac"))
    if not shards:
        raise InputError(f"{lines}: holds no synthesised lines; run `solami data build --stage speech`")
    random.Random(0).shuffle(shards)
    left_s = minutes * 60
    for shard in shards:
        for _, _, samples in store.read_shard(shard.stem):
            if left_s <= 0:
                return
            left_s -= len(samples) / SAMPLE_RATE
            yield samples
