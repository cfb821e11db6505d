"""The command leaves a tokenizer that the vocabulary can use."""

from pathlib import Path

import pytest

from solami.commands.text_tokenizer import TextTokenizerRunConfig, train_text_tokenizer_command
from solami.errors import InputError


def test_a_folder_that_is_no_pack_is_refused(tmp_path: Path) -> None:
    """Without the pack's files the command says which one is missing."""
    with pytest.raises(InputError, match="missing"):
        train_text_tokenizer_command(TextTokenizerRunConfig(pack=tmp_path, out=tmp_path / "out"))
    assert not (tmp_path / "out").exists()


def test_the_command_writes_what_it_reports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file is there, of the reported size."""
    from tokenizers import Tokenizer

    from solami.training import text_tokenizer

    monkeypatch.setattr(text_tokenizer, "collect_texts", lambda pack: iter(["Hello there"] * 9))
    report = train_text_tokenizer_command(TextTokenizerRunConfig(pack=tmp_path, size=260, out=tmp_path / "out"))
    assert Tokenizer.from_file(str(report["tokenizer"])).get_vocab_size() == report["size"] <= 260
