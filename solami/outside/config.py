"""Configuration of a brain and an ear outside the model."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr

from solami.strict import Strict

INSTRUCTIONS = (
    "You speak aloud, face to face, with a person you see. Stay in character. Answer in one to three short spoken "
    "sentences: no lists, no markup, no emoji, no stage directions. What the person's body does stands in brackets."
)


class BrainConfig(Strict):
    """An OpenAI-compatible chat endpoint that finds the character's words; the model speaks and moves them."""

    base_url: str = Field(description="such as http://127.0.0.1:8000/v1")
    model: str = Field(description="the endpoint's name of the model")
    api_key: SecretStr | None = Field(None, description="use ${NAME}")
    instructions: str = Field(INSTRUCTIONS, description="said to it after the persona's text")
    timeout_s: float = Field(
        2.0, gt=0, description="for the first word, then between words; after it we speak ourselves"
    )
    max_tokens: int = Field(120, ge=1, le=4096)
    temperature: float = Field(0.7, ge=0, le=2)
    turns: int = Field(20, ge=0, description="turns of the conversation that it is told")


class EndpointEarConfig(Strict):
    """An OpenAI-compatible transcription endpoint that writes down what the user said."""

    kind: Literal["endpoint"] = "endpoint"
    base_url: str = Field(description="such as http://127.0.0.1:8000/v1")
    model: str = Field("whisper-1", description="the endpoint's name of the model")
    api_key: SecretStr | None = Field(None, description="use ${NAME}")
    language: str | None = Field(None, description="as in en; else it is guessed")
    timeout_s: float = Field(2.0, gt=0, description="after which the model's own ear counts")


class WhisperEarConfig(Strict):
    """A Whisper folder on this machine, through transformers."""

    kind: Literal["whisper"] = "whisper"
    folder: Path = Field(description="written by save_pretrained; nothing is downloaded")
    device: str = Field("cpu", description="cpu, cuda or cuda:N")
    language: str | None = Field(None, description="as in en; else it is guessed")
    timeout_s: float = Field(2.0, gt=0, description="after which the model's own ear counts")


class MoonshineEarConfig(Strict):
    """Moonshine on this machine's CPU, through the package moonshine-voice, which brings a small English model."""

    kind: Literal["moonshine"] = "moonshine"
    folder: Path | None = Field(None, description="of another tiny model; none: the one that the package brings")
    timeout_s: float = Field(2.0, gt=0, description="after which the model's own ear counts")


EarConfig = Annotated[EndpointEarConfig | WhisperEarConfig | MoonshineEarConfig, Field(discriminator="kind")]
