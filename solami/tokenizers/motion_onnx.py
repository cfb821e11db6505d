"""The motion decoder as one ONNX file, for clients that decode codes themselves. Needs the `export` extra.

One call decodes one code frame, four poses. Everything that streaming keeps is one vector: zeros at first, then what
the call before gave. The poses have the wire's layout: hips x, y, z, then a quaternion x, y, z, w for each of 55 bones.
"""

from __future__ import annotations

import tempfile
import warnings
from pathlib import Path
from typing import cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from solami import skeleton
from solami.errors import ConfigError
from solami.tokenizers.modules.causal import StreamState
from solami.tokenizers.modules.kinematics import six_to_matrix
from solami.tokenizers.modules.motion_vq import STRIDE, MotionNet
from solami.tokenizers.motion import VQMotionTokenizer
from solami.tokenizers.motion_features import HEIGHT, JOINTS, NODDING, STEP, TILT, TURN
from solami.tokenizers.motion_streams import PARTS

OPSET = 17
_BONES_WITHOUT_CODES = skeleton.FIRST_FINGER - skeleton.NUM_BODY_JOINTS  # jaw and eyes stay at rest
_PLACE = 3  # numbers of the state that say where the body stands: yaw, x, z


class FlatState(StreamState):
    """The pasts of all layers as one vector, in the order in which they are asked for."""

    def __init__(self, flat: Tensor | None) -> None:
        super().__init__()
        self._flat, self._at = flat, 0
        self._next: list[Tensor] = []

    def extend(self, layer: nn.Module, x: Tensor, length: int) -> Tensor:
        """See StreamState."""
        channels, end = x.shape[1], self._at + x.shape[1] * length
        past = torch.zeros(channels * length) if self._flat is None else self._flat[self._at : end]
        self._at = end
        x = torch.cat([past.view(1, channels, length), x], dim=-1)
        self._next.append(x[..., x.shape[-1] - length :].reshape(-1))
        return x

    def following(self) -> Tensor:
        """The state after all layers have run."""
        return torch.cat(self._next)


class StreamingDecoder(nn.Module):
    """One code frame and a state to four poses and the next state."""

    def __init__(self, nets: dict[str, MotionNet]) -> None:
        super().__init__()
        self._nets = nets
        self.modules_of_nets = nn.ModuleDict(nets)  # so that they are seen as parts of this one
        self.books = [net.num_codebooks for net in nets.values()]
        for name, net in nets.items():
            tables = cast(Tensor, net.quantizer.codebooks)
            self.register_buffer(f"{name}_tables", tables.detach().clone().float())
        with torch.inference_mode():
            self.state_size = len(self(torch.zeros(sum(self.books), dtype=torch.long), None)[1])

    def forward(self, codes: Tensor, state: Tensor | None) -> tuple[Tensor, Tensor]:
        """Codes int64 [K], body's then hands', and a state [S] -> poses [4, 223], state [S]."""
        flat = FlatState(None if state is None else state[_PLACE:])
        place = torch.zeros(_PLACE) if state is None else state[:_PLACE]
        frames, first = [], 0
        for name, count in zip(PARTS, self.books, strict=True):
            tables = getattr(self, f"{name}_tables")
            rows = [tables[book][codes[first + book]] for book in range(count)]
            frames.append(self._nets[name].frames(torch.stack(rows).sum(0)[None, :, None], flat)[0].T)
            first += count
        poses, place = _poses(frames[0], frames[1], place)
        return poses, torch.cat([place, flat.following()])


def _poses(body: Tensor, hands: Tensor, place: Tensor) -> tuple[Tensor, Tensor]:
    """Features of four frames -> poses [4, 223] that go on from a place (yaw, x, z), and where they end."""
    yaw = place[0] + body[:, TURN].cumsum(0)
    sine, cosine = yaw.sin(), yaw.cos()
    x, z = body[:, STEP][:, 0], body[:, STEP][:, 1]
    steps = torch.stack([cosine * x + sine * z, cosine * z - sine * x], dim=1)
    floor = place[1:] + steps.cumsum(0)
    zero = torch.zeros_like(yaw)
    turn = torch.stack([zero, (yaw / 2).sin(), zero, (yaw / 2).cos()], dim=1)
    hips = _product(turn, _quaternions(body[:, TILT]))
    still = torch.tensor([0.0, 0.0, 0.0, 1.0]).repeat(STRIDE, _BONES_WITHOUT_CODES)
    told = _quaternions(hands.reshape(-1, 6)).view(STRIDE, -1, 4)
    fingers = told[:, : skeleton.NUM_FINGER_JOINTS].flatten(1)
    own = _quaternions(body[:, JOINTS].reshape(-1, 6)).view(STRIDE, -1, 4)
    better = dict(zip(NODDING, told[:, skeleton.NUM_FINGER_JOINTS :].unbind(1), strict=True))
    joints = torch.cat([better.get(j + 1, own[:, j]) for j in range(own.shape[1])], dim=1)
    where = torch.stack([floor[:, 0], body[:, HEIGHT], floor[:, 1]], dim=1)
    return torch.cat([where, hips, joints, still, fingers], dim=1), torch.cat([yaw[-1:], floor[-1]])


def _quaternions(six: Tensor) -> Tensor:
    """6D [N, 6] -> unit quaternions [N, 4], from whichever component is largest."""
    m = six_to_matrix(six).flatten(1).unbind(1)
    squares = torch.stack(
        [1 + m[0] - m[4] - m[8], 1 - m[0] + m[4] - m[8], 1 - m[0] - m[4] + m[8], 1 + m[0] + m[4] + m[8]], dim=1
    )
    rows = [
        torch.stack([squares[:, 0], m[1] + m[3], m[2] + m[6], m[7] - m[5]], dim=1),
        torch.stack([m[1] + m[3], squares[:, 1], m[5] + m[7], m[2] - m[6]], dim=1),
        torch.stack([m[2] + m[6], m[5] + m[7], squares[:, 2], m[3] - m[1]], dim=1),
        torch.stack([m[7] - m[5], m[2] - m[6], m[3] - m[1], squares[:, 3]], dim=1),
    ]
    largest = F.one_hot(squares.argmax(dim=1), 4).to(six.dtype)
    chosen = (torch.stack(rows, dim=1) * largest[:, :, None]).sum(dim=1)
    return chosen / chosen.norm(dim=1, keepdim=True)


def _product(a: Tensor, b: Tensor) -> Tensor:
    """Hamilton product of quaternions [N, 4], x, y, z, w."""
    ax, ay, az, aw = a.unbind(1)
    bx, by, bz, bw = b.unbind(1)
    x = aw * bx + ax * bw + ay * bz - az * by
    y = aw * by - ax * bz + ay * bw + az * bx
    z = aw * bz + ax * by - ay * bx + az * bw
    return torch.stack([x, y, z, aw * bw - ax * bx - ay * by - az * bz], dim=1)


def export_decoder(tokenizer: VQMotionTokenizer) -> bytes:
    """The decoder as an ONNX file: `codes` int64 [K], `state` float32 [S] -> `poses` float32 [4, 223], `next_state`.

    Raises:
        ConfigError: the export extra is not installed.
    """
    try:
        import onnx
    except ImportError as error:
        raise ConfigError("onnx is not installed; pip install 'solami[export]'") from error
    decoder = StreamingDecoder(tokenizer.nets).eval()
    codes = torch.zeros(sum(decoder.books), dtype=torch.long)
    inputs, outputs = ["codes", "state"], ["poses", "next_state"]
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings(), torch.inference_mode():
        warnings.simplefilter("ignore")  # the tracer warns of every constant shape; they are constant on purpose
        file, example = Path(folder) / "decoder.onnx", (codes, torch.zeros(decoder.state_size))
        torch.onnx.export(
            decoder, example, file, input_names=inputs, output_names=outputs, opset_version=OPSET, dynamo=False
        )
        model = onnx.load(file)
    model.producer_name, model.doc_string = "solami", "one code frame and a state to four poses and the next state"
    notes = {"fps": tokenizer.fps, "body_books": decoder.books[0], "hand_books": decoder.books[1]}
    onnx.helper.set_model_props(model, {name: str(value) for name, value in notes.items()})
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString())
