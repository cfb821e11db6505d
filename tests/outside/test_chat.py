"""A brain behind a chat endpoint."""

from typing import Any

import pytest
from pydantic import SecretStr

from solami.outside.chat import ChatBrain
from solami.outside.config import BrainConfig
from solami.outside.ports import Bell, Message, Prompt
from solami.outside.words import WordStream

PROMPT = Prompt(lambda: (Message("system", "You are Ada."), Message("user", "Hi.")))


def brain(endpoint: Any, **config: object) -> ChatBrain:
    values = {"base_url": endpoint.url, "model": "large", "timeout_s": 20.0} | config
    return ChatBrain(BrainConfig.model_validate(values), Bell())


def finished(words: WordStream) -> str:
    text = ""
    while words.state == "coming":
        words.wait(60)
        text += words.take()
    return text + words.take()


def test_words_stream_from_the_endpoint(endpoint: Any) -> None:
    """The whole answer comes, and the endpoint was asked for the model with the key, the persona and what was said."""
    words = brain(endpoint, api_key=SecretStr("secret"), max_tokens=50).ask(PROMPT)
    assert finished(words) == endpoint.answer and words.state == "finished"
    asked = endpoint.asked[0]
    assert (asked["model"], asked["stream"], asked["max_tokens"]) == ("large", True, 50)
    system, user = asked["messages"]
    assert system["content"].startswith("You are Ada.\n\nYou speak aloud") and user == {
        "role": "user",
        "content": "Hi.",
    }
    assert endpoint.keys == ["Bearer secret"]


@pytest.mark.parametrize("fault", [{"first_s": 30.0}, {"status": 500}, {"status": 404}, {"answer": ""}])
def test_no_answer_in_time_has_failed(endpoint: Any, fault: dict[str, Any], caplog: pytest.LogCaptureFixture) -> None:
    """A late first word, an error and an empty answer are all no answer; nobody's words are in the log."""
    for name, value in fault.items():
        setattr(endpoint, name, value)
    words = brain(endpoint, timeout_s=0.3).ask(PROMPT)
    assert finished(words) == "" and words.state == "failed"
    assert "Hi." not in caplog.text and "Ada" not in caplog.text


@pytest.mark.parametrize(
    "body",
    [
        b"", b"no events", b"data: {\n\n", b"data: null\n\n", b"data: [1]\n\n", b"data: {}\n\n", b"\xff\xfe\n\n",
        b'data: {"choices": null}\n\n', b'data: {"choices": [{}]}\n\n', b'data: {"choices": [{"delta": null}]}\n\n',
        b'data: {"choices": [{"delta": {"content": 5}}]}\n\n', b'data: {"choices": [{"delta": {"content": ["a"]}}]}',
        b'data: {"error": {"message": "overloaded"}}\n\n',
    ],
)  # fmt: skip
def test_an_answer_in_no_known_form_has_failed(endpoint: Any, body: bytes) -> None:
    """Whatever an endpoint sends, the model is left to speak for itself."""
    endpoint.body = body
    words = brain(endpoint).ask(PROMPT)
    assert finished(words) == "" and words.state == "failed"


def test_an_endless_answer_is_left(endpoint: Any) -> None:
    """Of an endpoint that does not stop, no more is taken than so many tokens can be."""
    endpoint.answer = "word " * 2000
    words = brain(endpoint, max_tokens=10).ask(PROMPT)
    assert len(finished(words)) == 160 and words.state == "finished"


def test_nobody_there_is_no_answer() -> None:
    """An endpoint that cannot be reached has failed."""

    class Nowhere:
        url = "http://127.0.0.1:9/v1"

    words = brain(Nowhere()).ask(PROMPT)
    assert finished(words) == "" and words.state == "failed"


def test_an_answer_that_stops_half_way_ends_there(endpoint: Any) -> None:
    """What came before a pause longer than the time-out is the answer."""
    endpoint.pause_s = 30.0
    words = brain(endpoint, timeout_s=0.5).ask(PROMPT)
    assert finished(words) == "Hello," and words.state == "finished"


def test_a_cancelled_answer_ends(endpoint: Any) -> None:
    """Who cancels gets nothing more."""
    endpoint.pause_s = 0.05
    words = brain(endpoint).ask(PROMPT)
    words.wait(60)
    words.cancel()
    assert words.state in ("finished", "failed") and words.is_cancelled
