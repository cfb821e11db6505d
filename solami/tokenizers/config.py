"""Which tokenizers a configuration may name. `factory` makes them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from solami.strict import Strict


class NeuralTokenizersConfig(Strict):
    """The trained speech and motion tokenizers of the checkpoint."""

    kind: Literal["neural"] = "neural"


class CodecTokenizersConfig(Strict):
    """A codec of transformers (EnCodec, Mimi, DAC) for speech, the checkpoint's tokenizer for motion.

    The LLM must have been trained on this codec's codes.
    """

    kind: Literal["codec"] = "codec"
    speech: Path = Field(description="folder with the codec's config.json and safetensors")
    num_codebooks: int | None = Field(None, ge=1, description="codebooks that are used; by default all")


class DummyTokenizersConfig(Strict):
    """Weightless tokenizers: a tone for speech, a procedural wave for motion."""

    kind: Literal["dummy"] = "dummy"


TokenizersConfig = Annotated[
    NeuralTokenizersConfig | CodecTokenizersConfig | DummyTokenizersConfig, Field(discriminator="kind")
]
