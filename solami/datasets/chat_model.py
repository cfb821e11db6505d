"""Asks an OpenAI-compatible chat endpoint: retries, a cache on disk, and what it cost. Knows no scripts."""

from __future__ import annotations

import hashlib
import json
import logging
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

from solami.errors import ConfigError, InputError
from solami.strict import Strict

log = logging.getLogger(__name__)
Message = dict[str, str]


class ChatModelConfig(Strict):
    """Which endpoint, and how it is asked."""

    model: str
    base_url: str | None = None  # None: the client's default, or $OPENAI_BASE_URL; the key is $OPENAI_API_KEY
    temperature: float = 0.9
    max_tokens: int = 900
    timeout_s: float = 60.0
    retries: int = 5  # of one request, when the endpoint is busy or away; waits grow
    usd_a_million_in: float = 0.0  # price of tokens, for the report
    usd_a_million_out: float = 0.0


@dataclass(slots=True)
class Spent:
    """What was asked so far in this run."""

    asked: int = 0  # requests that went out
    cached: int = 0  # answers from the cache
    tokens_in: int = 0
    tokens_out: int = 0
    usd: float = 0.0


class ChatModel:
    """Messages -> text, from the cache where the same was asked before; threads may share it."""

    def __init__(self, config: ChatModelConfig, cache: Path) -> None:
        """Raises InputError without the openai package, ConfigError without a key."""
        try:
            import openai
        except ImportError as error:
            raise InputError("openai is not installed: install solami[brain] to have scripts written") from error
        try:
            self._client = openai.OpenAI(base_url=config.base_url, timeout=config.timeout_s, max_retries=config.retries)
        except openai.OpenAIError as error:
            raise ConfigError(f"chat model: {error}; set OPENAI_API_KEY (any word for a server of your own)") from error
        self._failed = openai.OpenAIError
        self._config, self._cache, self._lock = config, cache, Lock()
        self.spent = Spent()

    def ask(self, messages: list[Message], seed: int) -> str:
        """The answer's text. Raises InputError when the endpoint keeps failing or answers without text."""
        file = self._cache / f"{self._key(messages, seed)}.json"
        if file.is_file():
            with self._lock:
                self.spent.cached += 1
            return str(json.loads(file.read_text(encoding="utf-8"))["text"])
        config = self._config
        try:
            made = self._client.chat.completions.create(
                model=config.model,
                messages=messages,  # type: ignore[arg-type]
                temperature=config.temperature,
                max_tokens=config.max_tokens,
                seed=seed,
            )
        except self._failed as error:
            raise InputError(f"chat model {config.model}: {error}; asked {config.retries + 1} times") from error
        text = made.choices[0].message.content if made.choices else None
        if not text:
            raise InputError(f"chat model {config.model}: got an answer without text")
        self._count(made.usage)
        self._keep(file, {"model": config.model, "messages": messages, "seed": seed, "text": text})
        return text

    def _count(self, usage: Any) -> None:
        sent, got = (usage.prompt_tokens, usage.completion_tokens) if usage is not None else (0, 0)
        with self._lock:
            self.spent.asked += 1
            self.spent.tokens_in += sent
            self.spent.tokens_out += got
            self.spent.usd += (sent * self._config.usd_a_million_in + got * self._config.usd_a_million_out) / 1e6

    def _keep(self, file: Path, row: dict[str, Any]) -> None:
        """Beside the target, then move: an answer is whole or absent."""
        self._cache.mkdir(parents=True, exist_ok=True)
        part = file.with_suffix(".part")
        part.write_text(json.dumps(row), encoding="utf-8")
        part.replace(file)

    def _key(self, messages: list[Message], seed: int) -> str:
        asked = [self._config.model, self._config.temperature, self._config.max_tokens, messages, seed]
        return hashlib.sha256(json.dumps(asked).encode()).hexdigest()[:32]
