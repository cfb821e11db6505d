"""The VQ motion tokenizer: poses at 30 fps <-> body and hands codes at 7.5 Hz. A facade over two networks.

Codes are computed one code frame at a time from a running state, so a stream gives the same ones however it is cut;
decoded poses are the same to 1e-5.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, Self

import numpy as np
import torch
from pydantic import ValidationError
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from solami.errors import ConfigError
from solami.frames import FloatArray, MotionChunk
from solami.strict import Strict
from solami.tokenizers.base import CodeSpec, MotionCodes, MotionDecoder, MotionEncoder, MotionTokenizer
from solami.tokenizers.modules.closed_loop import ClosedLoop, OpenLoop
from solami.tokenizers.modules.foot_anchor import BodyNet
from solami.tokenizers.modules.motion_vq import STRIDE, MotionNet, MotionNetConfig
from solami.tokenizers.motion_features import HANDS_DIM, FeatureExtractor
from solami.tokenizers.motion_streams import (
    FPS,
    FRAME_RATE,
    PARTS,
    Part,
    VQMotionDecoder,
    VQMotionEncoder,
    motion_codes,
)

WEIGHTS, CONFIG = "motion.safetensors", "motion.json"
_ONLY_TRAINING = ("cluster_size", "embed_avg", "initted")  # running averages of the codebooks


class MotionTokenizerConfig(Strict):
    """The two networks."""

    kind: Literal["motion_vq"] = "motion_vq"
    body: MotionNetConfig
    hands: MotionNetConfig


class VQMotionTokenizer(MotionTokenizer):
    """Causal convolutional VQ, body and hands apart."""

    def __init__(self, config: MotionTokenizerConfig, nets: dict[str, MotionNet]) -> None:
        self.config = config
        self.nets = nets
        self.fps = FPS
        self.body_spec = CodeSpec("body", config.body.codebook_size, config.body.num_codebooks, FRAME_RATE)
        self.hands_spec = CodeSpec("hands", config.hands.codebook_size, config.hands.num_codebooks, FRAME_RATE)

    @classmethod
    def fresh(cls, config: MotionTokenizerConfig) -> Self:
        """Random weights from torch's current seed."""
        return cls(config, {"body": BodyNet(config.body), "hands": MotionNet(HANDS_DIM, config.hands)}).eval()

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read motion.json and motion.safetensors. Raises ConfigError where they are absent or do not fit."""
        try:
            config = MotionTokenizerConfig.model_validate_json((folder / CONFIG).read_text(encoding="utf-8"))
        except (OSError, ValidationError) as error:
            raise ConfigError(f"{folder}: no motion tokenizer to load: {error}") from error
        tokenizer = cls.fresh(config)
        tokenizer.fill(folder, PARTS)
        return tokenizer.eval()

    def fill(self, folder: Path, parts: Sequence[Part]) -> None:
        """Take the weights of some parts from a checkpoint. Raises ConfigError where they are absent or do not fit."""
        try:
            tensors = load_file(folder / WEIGHTS)
        except (OSError, SafetensorError) as error:
            raise ConfigError(f"{folder}: no motion tokenizer to load: {error}") from error
        for name in parts:
            state = {k.removeprefix(f"{name}."): v.float() for k, v in tensors.items() if k.startswith(f"{name}.")}
            _fill(self.nets[name], state, folder / WEIGHTS)

    def save(self, folder: Path) -> None:
        """Write motion.json and motion.safetensors (float16), each replaced in one move."""
        tensors: dict[str, Tensor] = {}
        for name, net in self.nets.items():
            kept = {k: v for k, v in net.state_dict().items() if not k.endswith(_ONLY_TRAINING)}
            tensors |= {f"{name}.{k}": v.detach().half().contiguous() for k, v in kept.items()}
        folder.mkdir(parents=True, exist_ok=True)
        save_file(tensors, folder / f"{WEIGHTS}.part")
        text = json.dumps(self.config.model_dump(mode="json"), indent=2) + "\n"
        (folder / f"{CONFIG}.part").write_text(text, encoding="utf-8")
        os.replace(folder / f"{WEIGHTS}.part", folder / WEIGHTS)
        os.replace(folder / f"{CONFIG}.part", folder / CONFIG)

    def eval(self) -> Self:
        """Leave training mode; codebooks stop moving."""
        for net in self.nets.values():
            net.eval()
            for module in net.modules():
                initted = getattr(module, "initted", None)
                if isinstance(initted, Tensor):
                    initted.fill_(True)  # codebooks come from the file or the seed, never from k-means here
        return self

    def encoder(self) -> MotionEncoder:
        return VQMotionEncoder(self.nets)

    @property
    def shared(self) -> tuple[object, ...]:
        return (self, self.nets, *self.nets.values())

    def decoder(self) -> MotionDecoder:
        return VQMotionDecoder(self.nets)

    def encode(self, motion: MotionChunk) -> MotionCodes:
        encoder = self.encoder()
        parts = [encoder.push(motion), encoder.flush()]
        joined = {name: np.concatenate([getattr(p, name).values for p in parts], axis=1) for name in PARTS}
        return motion_codes(joined["body"], joined["hands"])

    def encode_many(self, motions: Sequence[MotionChunk]) -> list[MotionCodes]:
        """Whole encodes side by side, many times faster than one by one; a near tie may fall to another code."""
        features = [FeatureExtractor().push(motion) for motion in motions]
        made = {}
        for index, name in enumerate(PARTS):
            frames = _side_by_side([pair[index] for pair in features])
            net = self.nets[name]
            loop = ClosedLoop(net) if name == "body" else OpenLoop(net)
            with torch.inference_mode():
                made[name] = torch.cat([loop.step(block) for block in frames.split(STRIDE, dim=2)], dim=2)
        counts = [-(-len(motion.rotations) // STRIDE) for motion in motions]
        values = {name: codes.numpy().astype(np.int32) for name, codes in made.items()}
        return [motion_codes(values["body"][i, :, :n], values["hands"][i, :, :n]) for i, n in enumerate(counts)]

    def decode(self, codes: MotionCodes) -> MotionChunk:
        return self.decoder().push(codes)


def _side_by_side(clips: list[FloatArray]) -> Tensor:
    """Feature frames [T, D] each -> [B, D, T], whole codes long, every last frame held."""
    longest = -(-max(map(len, clips)) // STRIDE) * STRIDE
    held = [np.concatenate([c, np.repeat(c[-1:], longest - len(c), axis=0)]) for c in clips]
    return torch.from_numpy(np.stack(held)).transpose(1, 2)


def _fill(net: MotionNet, state: dict[str, Tensor], path: Path) -> None:
    """Put the weights of a file into a network. Raises ConfigError where names or shapes differ."""
    wanted = {k: v.shape for k, v in net.state_dict().items() if not k.endswith(_ONLY_TRAINING)}
    wrong = [k for k in wanted.keys() | state.keys() if k not in state or wanted.get(k) != state[k].shape]
    if wrong:
        raise ConfigError(f"{path} does not fit {CONFIG}: {len(wrong)} tensors differ, such as {sorted(wrong)[0]}")
    net.load_state_dict(state, strict=False)
