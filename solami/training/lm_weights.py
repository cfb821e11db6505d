"""What of a model is trained and stored: all of its weights, or LoRA additions to it. Checkpoints hold float32."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from peft.utils import get_peft_model_state_dict, set_peft_model_state_dict
from safetensors.torch import load_file, save_file
from torch import Tensor
from transformers import AutoModelForCausalLM, PreTrainedModel

from solami.llm.vocabulary import Vocabulary
from solami.training.lm_config import LoraSettings
from solami.training.lm_model import save_model

ADAPTER = "adapter.safetensors"  # of a checkpoint to go on from
State = Mapping[str, Tensor]


class TrainedWeights(Protocol):
    """The trained part of an LM."""

    lm: PreTrainedModel

    def write(self, folder: Path, state: State) -> None:
        """The folder that engines load, from the LM's gathered state."""

    def keep(self, folder: Path, state: State) -> None:
        """What a run goes on from."""

    def restore(self, folder: Path) -> None:
        """Read what `keep` wrote."""


class AllWeights:
    """Full training."""

    def __init__(self, lm: PreTrainedModel, vocabulary: Vocabulary) -> None:
        self.lm, self._vocabulary = lm, vocabulary

    def write(self, folder: Path, state: State) -> None:
        """A Hugging Face folder in float16 with the vocabulary."""
        save_model(self.lm, self._vocabulary, folder, state)

    def keep(self, folder: Path, state: State) -> None:
        """A Hugging Face folder in float32."""
        self.lm.save_pretrained(str(folder), state_dict=dict(state))

    def restore(self, folder: Path) -> None:
        """Every weight as it was."""
        stored = AutoModelForCausalLM.from_pretrained(
            folder, dtype=torch.float32, use_safetensors=True, local_files_only=True
        )
        self.lm.load_state_dict(stored.state_dict())


class LoraWeights:
    """Low-rank additions; the model itself stays as it is."""

    def __init__(self, lm: PreTrainedModel, settings: LoraSettings) -> None:
        """Put fresh additions, which change nothing yet, into the LM."""
        config = LoraConfig(
            r=settings.rank,
            lora_alpha=settings.alpha,
            lora_dropout=settings.dropout,
            target_modules=list(settings.targets),
            task_type="CAUSAL_LM",
        )
        tuned = get_peft_model(lm, config)
        assert isinstance(tuned, PeftModel)
        self.lm, self._tuned = lm, tuned

    def write(self, folder: Path, state: State) -> None:
        """A peft folder."""
        self._tuned.save_pretrained(str(folder), safe_serialization=True)

    def keep(self, folder: Path, state: State) -> None:
        """The additions alone."""
        folder.mkdir(parents=True, exist_ok=True)
        save_file({k: v.contiguous() for k, v in get_peft_model_state_dict(self._tuned).items()}, folder / ADAPTER)

    def restore(self, folder: Path) -> None:
        """The additions as they were."""
        set_peft_model_state_dict(self._tuned, load_file(folder / ADAPTER))
