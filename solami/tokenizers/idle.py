"""Idle and listening motion as codes, beat by beat, with no LLM: a facade over a tiny network.

It keeps a character alive between replies. It holds no clip: the network is far smaller than the codes it learnt from.
"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Literal, Self

import numpy as np
import torch
from pydantic import Field, ValidationError
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from solami.errors import ConfigError
from solami.frames import Codes, IntArray
from solami.strict import Strict
from solami.tokenizers.base import MotionCodes, MotionTokenizer
from solami.tokenizers.modules.idle_net import CONDITIONS, IdleNet, IdleNetConfig

WEIGHTS, CONFIG = "idle.safetensors", "idle.json"
NOD_BEATS = 4  # a nod or a shift of weight lasts about a second and a half
BEAT_FRAMES = 3


class IdleConfig(Strict):
    """The model of a checkpoint."""

    kind: Literal["idle"] = "idle"
    net: IdleNetConfig
    fingerprint: str = Field("", description="of the motion tokenizer whose codes it speaks")
    temperature: float = Field(0.9, gt=0)
    top_p: float = Field(0.95, gt=0, le=1)


def fingerprint(tokenizer: MotionTokenizer) -> str:
    """What tells two motion tokenizers' codes apart: their sizes and, as they are stored, their codebooks."""
    digest = hashlib.sha256(f"{tokenizer.body_spec} {tokenizer.hands_spec}".encode())
    nets: dict[str, torch.nn.Module] = getattr(tokenizer, "nets", {})
    for part, net in sorted(nets.items()):
        for name, value in sorted(net.state_dict().items()):
            if name.endswith("_codebook.embed"):
                digest.update(f"{part}.{name}".encode() + value.detach().half().numpy().tobytes())
    return digest.hexdigest()[:16]


class IdleModel:
    """The network, shared by all sessions."""

    def __init__(self, config: IdleConfig, net: IdleNet, frame_rate: float = 7.5) -> None:
        self.config, self.net, self.frame_rate = config, net, frame_rate

    @classmethod
    def fresh(cls, tokenizer: MotionTokenizer, **sizes: object) -> Self:
        """Random weights from torch's current seed, for the codes of `tokenizer`."""
        body, hands = tokenizer.body_spec, tokenizer.hands_spec
        books = (body.codebook_size,) * body.num_codebooks + (hands.codebook_size,) * hands.num_codebooks
        net = IdleNetConfig.model_validate({"codebook_sizes": books, "body_books": body.num_codebooks, **sizes})
        config = IdleConfig(net=net, fingerprint=fingerprint(tokenizer))
        return cls(config, IdleNet(net).eval(), body.frame_rate)

    @classmethod
    def load(cls, folder: Path, tokenizer: MotionTokenizer) -> Self:
        """Read idle.json and idle.safetensors. Raises ConfigError where absent, unfit or of other codes."""
        try:
            config = IdleConfig.model_validate_json((folder / CONFIG).read_text(encoding="utf-8"))
            tensors = load_file(folder / WEIGHTS)
        except (OSError, ValidationError, SafetensorError) as error:
            raise ConfigError(f"{folder}: no idle model to load: {error}") from error
        if config.fingerprint != fingerprint(tokenizer):
            raise ConfigError(f"{folder / WEIGHTS} speaks another motion tokenizer's codes; run `solami train idle`")
        net = IdleNet(config.net).eval()
        if {k: v.shape for k, v in net.state_dict().items()} != {k: v.shape for k, v in tensors.items()}:
            raise ConfigError(f"{folder / WEIGHTS} does not fit {CONFIG}: its tensors have other names or shapes")
        net.load_state_dict({k: v.float() for k, v in tensors.items()})
        return cls(config, net, tokenizer.body_spec.frame_rate)

    def save(self, folder: Path) -> None:
        """Write both files (float16), each replaced in one move."""
        folder.mkdir(parents=True, exist_ok=True)
        save_file(
            {k: v.detach().half().contiguous() for k, v in self.net.state_dict().items()}, folder / f"{WEIGHTS}.part"
        )
        text = json.dumps(self.config.model_dump(mode="json"), indent=2) + "\n"
        (folder / f"{CONFIG}.part").write_text(text, encoding="utf-8")
        os.replace(folder / f"{WEIGHTS}.part", folder / WEIGHTS)
        os.replace(folder / f"{CONFIG}.part", folder / CONFIG)

    def motion(self, seed: int = 0) -> IdleMotion:
        """A new stream of idle motion; the same seed and calls give the same codes."""
        return IdleMotion(self, seed)


class IdleMotion:
    """One character's running idle."""

    def __init__(self, model: IdleModel, seed: int = 0) -> None:
        self._model = model
        self._random = np.random.default_rng(seed)
        self._state: Tensor | None = None
        self._last = model.net.start.detach()[None, None]
        self._nodding = 0  # beats left of a reaction to a pause

    def step(self, listening: bool, paused: bool = False) -> MotionCodes:
        """The codes of one beat; `paused`: the user, who is being listened to, just paused, so a nod may come."""
        if listening and paused and not self._nodding:
            self._nodding = NOD_BEATS
        condition = "nod" if self._nodding else "listening" if listening else "idle"
        self._nodding = max(0, self._nodding - 1)
        with torch.inference_mode():
            frames = np.stack([self._frame(CONDITIONS.index(condition)) for _ in range(BEAT_FRAMES)], axis=1)
        return self._codes(frames)

    def fork(self, seed: int) -> IdleMotion:
        """Another way to go on from here."""
        other = IdleMotion(self._model, seed)
        other._state, other._last, other._nodding = self._state, self._last, self._nodding
        return other

    def observe(self, codes: MotionCodes) -> None:
        """Codes that something else has shown, such as a reply: idle motion goes on from them."""
        values = np.concatenate([codes.body.values, codes.hands.values]).astype(np.int64)
        with torch.inference_mode():
            for frame in values.T:
                _, self._state = self._advance(CONDITIONS.index("idle"))
                self._last = self._model.net.read(torch.from_numpy(frame)[None, None])

    def _advance(self, condition: int) -> tuple[Tensor, Tensor]:
        return self._model.net.advance(self._last, torch.full((1, 1), condition), self._state)

    def _frame(self, condition: int) -> IntArray:
        """Draw one code frame [K]."""
        net = self._model.net
        context, self._state = self._advance(condition)
        before, codes = torch.zeros(1, 1, 0), []
        for book, table in enumerate(net.tables):
            code = self._draw(net.scores(context, before, book)[0, 0])
            before = torch.cat([before, table(torch.full((1, 1), code))], dim=-1)
            codes.append(code)
        self._last = before
        return np.array(codes, np.int32)

    def _draw(self, scores: Tensor) -> int:
        """One code by nucleus sampling at the model's temperature."""
        config = self._model.config
        shares = torch.softmax(scores.double() / config.temperature, dim=-1).numpy()
        order = np.argsort(-shares, kind="stable")
        kept = order[: int(np.searchsorted(np.cumsum(shares[order]), config.top_p)) + 1]
        return int(self._random.choice(kept, p=shares[kept] / shares[kept].sum()))

    def _codes(self, frames: IntArray) -> MotionCodes:
        books, rate = self._model.config.net.body_books, self._model.frame_rate
        return MotionCodes(Codes("body", frames[:books], rate), Codes("hands", frames[books:], rate))
