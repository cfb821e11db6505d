"""Which engine a configuration may name. `factory` makes it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from solami.strict import Strict


class TorchEngineConfig(Strict):
    """Where an engine computes, and in which numbers."""

    threads: int = Field(1, ge=1, description="torch threads; one is fastest beside another busy process")
    device: str = Field("cpu", description="cpu, cuda or cuda:N")
    dtype: Literal["float32", "bfloat16", "float16"] = Field("float32", description="float32 on CPUs")


class LocalEngineConfig(TorchEngineConfig):
    """Our streaming decoder for Llama- and Qwen-family folders."""

    kind: Literal["local"] = "local"
    context_tokens: int | None = Field(None, ge=256, description="positions of one session; by default the model's")


class TransformersEngineConfig(TorchEngineConfig):
    """Any Hugging Face causal LM, one session after the other: the reference, not the fast path."""

    kind: Literal["transformers"] = "transformers"
    context_tokens: int | None = Field(None, ge=256, description="positions of one session; by default the model's")


class ScriptedEngineConfig(Strict):
    """A fake that writes a fixed, legal reply; needs no weights."""

    kind: Literal["scripted"] = "scripted"


class RandomEngineConfig(TorchEngineConfig):
    """The local engine with random weights of a given size: how fast such a model would be. It talks nonsense."""

    kind: Literal["random"] = "random"
    hidden: int = Field(4096, ge=8)
    intermediate: int = Field(11008, ge=8)
    layers: int = Field(32, ge=1)
    heads: int = Field(32, ge=1)
    kv_heads: int = Field(32, ge=1, description="a divisor of heads")
    head_dim: int = Field(128, ge=2, multiple_of=2)
    context_tokens: int = Field(2048, ge=256, description="positions of one session")


class ClickFlipEngineConfig(Strict):
    """No engine: clicks and wrist flips at known samples answer anything (docs/howto/click_flip.md)."""

    kind: Literal["click_flip"] = "click_flip"
    seconds: float = Field(20.0, ge=0.4, le=3600, description="length of every reply")
    every_s: float = Field(1.0, gt=0, description="from click to click; a multiple of 1/15 s")


EngineConfig = Annotated[
    LocalEngineConfig | TransformersEngineConfig | RandomEngineConfig | ScriptedEngineConfig | ClickFlipEngineConfig,
    Field(discriminator="kind"),
]
