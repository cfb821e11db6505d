"""The placement tokenizer: distance, bearing and facing, each one of 32 codes. No weights; knows no poses.

Distances lie on a logarithmic scale (one step is 12 %); angles on a circle with a code at exactly 0.
"""

from __future__ import annotations

import math

import numpy as np

from solami.errors import InputError, TokenizerError
from solami.frames import Codes, Placement
from solami.tokenizers.base import CodeSpec

_SIZE = 32
_NEAREST_M, _FARTHEST_M = 0.3, 10.0
_STEP = math.log(_FARTHEST_M / _NEAREST_M) / (_SIZE - 1)


class PlacementTokenizer:
    """Placement <-> three codes: books 0, 1, 2 are distance, bearing, facing."""

    spec = CodeSpec("placement", _SIZE, 3, 0.0)

    def encode(self, placement: Placement) -> Codes:
        """A placement -> codes [3, 1]; a distance beyond 0.3 to 10 m becomes the end of the scale.

        Raises:
            InputError: a number is not finite, or the distance is negative.
        """
        values = (placement.distance_m, placement.bearing_rad, placement.facing_rad)
        if not all(math.isfinite(v) for v in values) or placement.distance_m < 0:
            raise InputError(f"got {placement}, expected a distance >= 0 m and angles in radians, all finite")
        distance = min(max(placement.distance_m, _NEAREST_M), _FARTHEST_M)
        codes = [round(math.log(distance / _NEAREST_M) / _STEP), *(_angle_code(a) for a in values[1:])]
        return Codes("placement", np.array(codes, np.int32)[:, None], self.spec.frame_rate)

    def decode(self, codes: Codes) -> Placement:
        """Codes [3, 1] -> a placement. Raises TokenizerError for anything else."""
        values = codes.values
        if codes.modality != "placement" or values.shape != (3, 1) or not (0 <= values.min() <= values.max() < _SIZE):
            raise TokenizerError(f"got {codes.modality} {values.tolist()}, expected placement [3, 1] in 0..{_SIZE - 1}")
        distance, bearing, facing = (int(v) for v in values[:, 0])
        return Placement(_NEAREST_M * math.exp(distance * _STEP), _code_angle(bearing), _code_angle(facing))


def _angle_code(angle: float) -> int:
    return round(angle / (2 * math.pi) * _SIZE) % _SIZE


def _code_angle(code: int) -> float:
    angle = code * 2 * math.pi / _SIZE
    return angle - 2 * math.pi if angle >= math.pi else angle
