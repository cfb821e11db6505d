"""The running encode and decode of the motion networks: what is kept between chunks. `motion` opens them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import numpy as np
import torch

from solami.errors import TokenizerError
from solami.frames import Codes, FloatArray, IntArray, MotionChunk
from solami.tokenizers.base import MotionCodes, MotionDecoder, MotionEncoder
from solami.tokenizers.modules.causal import StreamState
from solami.tokenizers.modules.closed_loop import ClosedLoop, OpenLoop
from solami.tokenizers.modules.motion_vq import STRIDE, MotionNet
from solami.tokenizers.motion_features import BODY_DIM, HANDS_DIM, FeatureExtractor, PoseIntegrator

FPS = 30.0
FRAME_RATE = FPS / STRIDE
Part = Literal["body", "hands"]
PARTS: tuple[Part, Part] = ("body", "hands")


class VQMotionEncoder(MotionEncoder):
    """Holds back the poses of an unfinished code frame and every layer's past."""

    def __init__(self, nets: Mapping[str, MotionNet]) -> None:
        """Start from nothing."""
        self._books = {name: net.num_codebooks for name, net in nets.items()}
        self._features = FeatureExtractor()
        self._loops: dict[Part, ClosedLoop | OpenLoop] = {
            "body": ClosedLoop(nets["body"]),
            "hands": OpenLoop(nets["hands"]),
        }
        self._held = {"body": np.zeros((0, BODY_DIM), np.float32), "hands": np.zeros((0, HANDS_DIM), np.float32)}
        self._last: MotionChunk | None = None

    def push(self, motion: MotionChunk) -> MotionCodes:
        if motion.fps != FPS:
            raise TokenizerError(f"got poses at {motion.fps} fps, expected {FPS}; resample them first")
        if len(motion.rotations):
            self._last = motion
        body, hands = self._features.push(motion)
        return motion_codes(self._run("body", body), self._run("hands", hands))

    def flush(self) -> MotionCodes:
        short = -len(self._held["body"]) % STRIDE
        if not short or self._last is None:
            return self.push(_empty())
        rotations = np.repeat(self._last.rotations[-1:], short, axis=0)
        return self.push(MotionChunk(rotations, np.repeat(self._last.translation[-1:], short, axis=0), FPS))

    def _run(self, name: Part, frames: FloatArray) -> IntArray:
        frames = np.concatenate([self._held[name], frames])
        ready = len(frames) // STRIDE * STRIDE
        self._held[name] = frames[ready:]
        codes = []
        with torch.inference_mode():
            for block in torch.from_numpy(frames[:ready]).split(STRIDE) if ready else ():
                codes.append(self._loops[name].step(block.T[None])[0])
        return torch.cat(codes, dim=1).numpy().astype(np.int32) if codes else np.zeros((self._books[name], 0), np.int32)


class VQMotionDecoder(MotionDecoder):
    """Holds every layer's past and where the body stands."""

    def __init__(self, nets: Mapping[str, MotionNet]) -> None:
        """Start over the origin, facing +Z."""
        self._nets = nets
        self._states = {name: StreamState() for name in PARTS}
        self._integrator = PoseIntegrator()

    def push(self, codes: MotionCodes) -> MotionChunk:
        if codes.body.values.shape[1] != codes.hands.values.shape[1]:
            raise TokenizerError("body and hands codes have different numbers of code frames")
        body, hands = self._run("body", codes.body), self._run("hands", codes.hands)
        return self._integrator.push(body, hands, FPS)

    def _run(self, name: Part, codes: Codes) -> FloatArray:
        net, values = self._nets[name], codes.values
        if codes.modality != name or len(values) != net.num_codebooks:
            raise TokenizerError(
                f"got {codes.modality} codes of {len(values)} books, expected {name} of {net.num_codebooks}"
            )
        if values.size and not (values.min() >= 0 and values.max() < net.codebook_size):
            raise TokenizerError(
                f"{name} codes reach {values.min()}..{values.max()}, expected 0..{net.codebook_size - 1}"
            )
        if not values.size:
            return np.zeros((0, BODY_DIM if name == "body" else HANDS_DIM), np.float32)
        with torch.inference_mode():
            vectors = net.vectors(torch.from_numpy(values.astype(np.int64))[None])
            return net.frames(vectors, self._states[name])[0].T.numpy()


def _empty() -> MotionChunk:
    return MotionChunk(np.zeros((0, 55, 4), np.float32), np.zeros((0, 3), np.float32), FPS)


def motion_codes(body: IntArray, hands: IntArray) -> MotionCodes:
    """Code values [K, T] of both parts as codes."""
    return MotionCodes(Codes("body", body, FRAME_RATE), Codes("hands", hands, FRAME_RATE))
