"""The command that trains the text tokenizer: under a minute on one core."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from solami.strict import Strict


class TextTokenizerRunConfig(Strict):
    """`configs/train/text_tokenizer.yaml`."""

    pack: Path | None = Field(None, description="the data pack's folder; where it usually lies if left out")
    size: int = Field(4096, ge=256, description="tokens")
    out: Path = Field(Path("runs/text_tokenizer"), description="folder for tokenizer.json")


def train_text_tokenizer_command(config: TextTokenizerRunConfig) -> dict[str, object]:
    """Train on scripts, dialogues and captions; returns where the tokenizer is, its size, and characters a token."""
    from solami.datasets.sources import data_pack
    from solami.llm.vocabulary import TOKENIZER_FILE
    from solami.training.text_tokenizer import collect_texts, train_text_tokenizer

    texts = list(collect_texts(data_pack(config.pack)))
    tokenizer = train_text_tokenizer(texts, config.size)
    config.out.mkdir(parents=True, exist_ok=True)
    path = config.out / TOKENIZER_FILE
    tokenizer.save(str(path))
    sample = texts[:2000]
    tokens = sum(len(encoding.ids) for encoding in tokenizer.encode_batch(sample))
    return {
        "tokenizer": str(path),
        "size": tokenizer.get_vocab_size(),
        "characters_per_token": round(sum(map(len, sample)) / tokens, 2),
    }
