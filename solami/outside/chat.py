"""A brain behind an OpenAI-compatible chat endpoint. Every answer streams on a thread of its own."""

from __future__ import annotations

import logging
import threading
from typing import Any

import openai
from pydantic import SecretStr

from solami.outside.config import BrainConfig
from solami.outside.ports import Bell, Message, Prompt
from solami.outside.words import WordStream

logger = logging.getLogger(__name__)

LONGEST_TOKEN = 16  # characters: an endpoint that goes on beyond `max_tokens` of them is left


class ChatBrain:
    """Asks the endpoint; what fails or is late is said in the log, without anybody's words."""

    def __init__(self, config: BrainConfig, bell: Bell) -> None:
        self.turns = config.turns
        self._config, self._bell = config, bell
        self._client = client(config.base_url, config.api_key, config.timeout_s)

    def ask(self, prompt: Prompt) -> WordStream:
        """Start an answer and return at once."""
        words = WordStream(self._bell.ring)
        threading.Thread(target=self._answer, args=(prompt, words), name="solami-brain", daemon=True).start()
        return words

    def _answer(self, prompt: Prompt, words: WordStream) -> None:
        clock = threading.Timer(self._config.timeout_s, words.finish_unless_begun)
        clock.daemon = True
        clock.start()
        try:
            self._stream(prompt, words)
        except Exception as error:  # of the endpoint, the network or the library: the model speaks for itself
            logger.warning("the text brain gave no whole answer: %s", type(error).__name__)
        finally:
            clock.cancel()
            words.finish()

    def _stream(self, prompt: Prompt, words: WordStream) -> None:
        system, *rest = prompt.lines()
        lines = [Message("system", f"{system.text}\n\n{self._config.instructions}"), *rest]
        messages: Any = [{"role": line.role, "content": line.text} for line in lines]
        with self._client.chat.completions.create(
            model=self._config.model,
            messages=messages,
            stream=True,
            max_tokens=self._config.max_tokens,
            temperature=self._config.temperature,
        ) as stream:
            left = LONGEST_TOKEN * self._config.max_tokens
            for chunk in stream:
                if words.state != "coming" or left <= 0:
                    return
                text = chunk.choices[0].delta.content if chunk.choices else None
                if text:
                    words.write(text[:left])
                    left -= len(text)


def client(base_url: str, api_key: SecretStr | None, timeout_s: float) -> openai.OpenAI:
    """A client that tries once: a second try would come too late for anybody's turn."""
    key = api_key.get_secret_value() if api_key else "none"
    return openai.OpenAI(base_url=base_url, api_key=key, timeout=timeout_s, max_retries=0)
