"""The reference engine: any Hugging Face causal LM, computed by transformers. Slower than `local`."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from torch import Tensor
from transformers import AutoModelForCausalLM, DynamicCache

from solami.errors import ConfigError
from solami.llm.adapters import WEIGHTS
from solami.llm.engine import AdapterId, Legal
from solami.llm.slots import SlotEngine, SlotState


def read_model(folder: Path, *, device: str = "cpu", dtype: torch.dtype = torch.float32) -> Any:
    """The causal LM of a `save_pretrained` folder, from safetensors alone. Raises ConfigError if it cannot be."""
    if not (Path(folder) / "config.json").is_file():
        raise ConfigError(f"{Path(folder) / 'config.json'} is missing; give a folder written by save_pretrained")
    try:
        model = AutoModelForCausalLM.from_pretrained(
            folder, dtype=dtype, use_safetensors=True, local_files_only=True, trust_remote_code=False
        )
    except (OSError, ValueError, KeyError, RuntimeError, SafetensorError) as error:
        raise ConfigError(f"{folder}: transformers cannot load this model: {error}") from error
    return model.to(device)


class TransformersEngine(SlotEngine[DynamicCache]):
    """One `DynamicCache` for each slot; slots are run one after the other."""

    def __init__(self, model: Any, *, slots: int = 8, context_tokens: int = 2048) -> None:
        """Take a loaded causal LM."""
        super().__init__(slots=slots, context_tokens=context_tokens, vocab_size=model.config.vocab_size)
        self._model = model.eval()
        self._tuned: Any = None  # peft's wrapper around it, once there is an adapter

    def _new_cache(self) -> DynamicCache:
        return DynamicCache(config=self._model.config)

    def _read_adapter(self, folder: Path, adapter: AdapterId) -> None:
        if not (folder / WEIGHTS).is_file():
            raise ConfigError(f"{folder / WEIGHTS} is missing; give a folder written by peft")
        from peft import PeftModel  # loading it takes longer than most servers need it for

        if self._tuned is None:
            self._tuned = PeftModel.from_pretrained(self._model, str(folder), adapter_name=str(adapter)).eval()
        else:
            self._tuned.load_adapter(str(folder), adapter_name=str(adapter))

    def _as_tuned(self, adapter: AdapterId | None) -> AbstractContextManager[None]:
        """The model is shared: before each run it is told whose adapter to use."""
        if self._tuned is None:
            return nullcontext()
        if adapter is None:
            disabled: AbstractContextManager[None] = self._tuned.disable_adapter()
            return disabled
        self._tuned.set_adapter(str(adapter))
        return nullcontext()

    def _run(self, states: Sequence[SlotState[DynamicCache]]) -> None:
        for state in states:
            ids = torch.tensor([state.pending], device=self._model.device)
            with self._as_tuned(state.adapter):
                output = self._model(ids, past_key_values=state.cache, use_cache=True, logits_to_keep=1)
            state.cached = len(state.ids)
            state.last = output.logits[0, -1].float()

    def _logits(self, last: Tensor, legal: Legal) -> Tensor:
        return torch.cat([last[span.start : span.stop] for span in legal])

    def _cut(self, state: SlotState[DynamicCache], length: int) -> None:
        if length == 0:
            state.cache = self._new_cache()
        elif state.cache.get_seq_length() > length:
            state.cache.crop(length - state.cache.get_seq_length())
