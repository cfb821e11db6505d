from pathlib import Path
from typing import Any

import pytest

from solami.datasets.chat_model import ChatModel, ChatModelConfig
from solami.errors import ConfigError, InputError

MESSAGES = [{"role": "user", "content": "Hello"}]


def model(fake: Any, cache: Path, **changes: Any) -> ChatModel:
    return ChatModel(ChatModelConfig(model="fake", base_url=fake.url, **changes), cache)


def test_answers_are_counted_priced_and_cached(fake_chat: Any, tmp_path: Path) -> None:
    """The same question is asked once, also by the next run; another seed asks again; tokens cost what is told."""
    fake_chat.answers = ["Hi."]
    first = model(fake_chat, tmp_path, usd_a_million_in=1.0, usd_a_million_out=10.0)
    assert first.ask(MESSAGES, 1) == first.ask(MESSAGES, 1) == "Hi."
    assert (first.spent.asked, first.spent.cached, first.spent.tokens_in) == (1, 1, 100)
    assert first.spent.usd == pytest.approx(100e-6 + 500e-6)
    second = model(fake_chat, tmp_path)
    second.ask(MESSAGES, 1)
    assert second.spent.asked == 0
    second.ask(MESSAGES, 2)
    assert len(fake_chat.asked) == 2


def test_a_busy_endpoint_is_asked_again(fake_chat: Any, tmp_path: Path) -> None:
    """Two refusals are waited out; an endpoint that never answers is an InputError, and nothing is cached."""
    fake_chat.answers = [503, 429, "There."]
    assert model(fake_chat, tmp_path / "a", retries=2).ask(MESSAGES, 0) == "There."
    fake_chat.answers = [503]
    with pytest.raises(InputError, match="asked 2 times"):
        model(fake_chat, tmp_path / "b", retries=1).ask(MESSAGES, 0)
    assert not list((tmp_path / "b").glob("*"))


def test_an_empty_answer_is_refused(fake_chat: Any, tmp_path: Path) -> None:
    """An answer without text is no answer."""
    with pytest.raises(InputError, match="without text"):
        model(fake_chat, tmp_path).ask(MESSAGES, 0)


def test_a_missing_key_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without a key the error says which variable to set."""
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(ConfigError, match="OPENAI_API_KEY"):
        ChatModel(ChatModelConfig(model="fake"), tmp_path)
