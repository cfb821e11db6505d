"""Replies of the model in training, written beside its checkpoints, to see and hear what it has learned by then.

Knows no tokenizers: `reply_files` makes sound and pictures of the codes.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from transformers import PreTrainedModel, TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from solami.frames import IntArray
from solami.llm.grammar import AgentGrammar
from solami.llm.grammar_limits import GrammarLimits
from solami.llm.parser import parse_agent
from solami.llm.template import header_ids, render_dialogue
from solami.llm.turns import BEAT_MODALITIES, Clause, Heard, UserTurn
from solami.llm.vocabulary import Vocabulary
from solami.training.lm_config import LmTrainingConfig

log = logging.getLogger(__name__)
MAX_BEATS = 12
Render = Callable[[Mapping[str, IntArray], Path], None]  # codes [K, T] by modality, and the path without its ending


class Sampler(TrainerCallback):
    """Answers the configured prompts at every checkpoint: words into a .json, codes into .npz files, and rendered."""

    def __init__(
        self, config: LmTrainingConfig, vocabulary: Vocabulary, lm: PreTrainedModel, render: Render | None = None
    ) -> None:
        self._config, self._vocabulary, self._lm, self._render = config, vocabulary, lm, render

    def on_save(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any) -> None:
        if not state.is_world_process_zero:
            return
        folder = self._config.out / "samples" / f"step_{state.global_step:06d}"
        folder.mkdir(parents=True, exist_ok=True)
        said = {}
        for index, prompt in enumerate(self._config.samples):
            said[prompt], codes = sample_reply(self._lm, self._vocabulary, prompt)
            np.savez(folder / f"{index:02d}.npz", allow_pickle=False, **codes)
            if self._render is not None:
                self._render(codes, folder / f"{index:02d}")
            log.info("step %d: %r -> %r", state.global_step, prompt, said[prompt])
        (folder / "said.json").write_text(json.dumps(said, indent=1) + "\n", encoding="utf-8")


def sample_reply(lm: PreTrainedModel, vocabulary: Vocabulary, prompt: str) -> tuple[str, dict[str, IntArray]]:
    """The likeliest reply to typed words: its words, and its codes [K, T] by modality."""
    turn = parse_agent(vocabulary, likeliest_reply(lm, vocabulary, prompt))
    clauses = [part for part in turn.parts if isinstance(part, Clause)]
    beats = [beat for clause in clauses for beat in clause.beats]
    codes = {name: [values for beat in beats if (values := beat.get(name)) is not None] for name in BEAT_MODALITIES}
    joined = {str(name): np.concatenate(parts, axis=1) for name, parts in codes.items() if parts}
    return " ".join(clause.text for clause in clauses), joined


@torch.inference_mode()
def likeliest_reply(lm: PreTrainedModel, vocabulary: Vocabulary, prompt: str) -> list[int]:
    """The ids of a reply, header and all, the best legal one at every step."""
    was_training = lm.training
    lm.eval()
    context = render_dialogue(vocabulary, [UserTurn(parts=(Heard(prompt),))]).ids
    begun = len(context)
    context += header_ids(vocabulary, "<agent>", speech=True, body=True)
    grammar = AgentGrammar(vocabulary, heard=False, saw=False, limits=GrammarLimits(max_beats=MAX_BEATS))
    cache, fed = None, list(context)
    while not grammar.done:
        with torch.compiler.set_stance("force_eager"):  # a compiled decoder would be compiled anew for every length
            out = lm(input_ids=torch.tensor([fed], device=lm.device), past_key_values=cache, use_cache=True)
        cache, logits = out.past_key_values, out.logits[0, -1].float()
        legal = torch.cat([torch.arange(span.start, span.stop) for span in grammar.legal()])
        fed = [int(legal[logits[legal].argmax()])]
        context += fed
        grammar.advance(fed[0])
    lm.train(was_training)
    return context[begun:]
