"""A matrix that rows are multiplied with, kept the way the device multiplies fastest.

On CPUs that is oneDNN's packed layout: against torch.mm it halves the time of 16 rows and of 128 on an AMD EPYC, and a
row's result does not depend on how many rows come with it, as long as there are two (held by the decoder's tests).
"""

from __future__ import annotations

import torch
from torch import Tensor

PACKED_ROWS = 16  # the row count oneDNN lays the weights out for; it serves all others
# oneDNN keeps kernels for every row count it has met, over 2 MB each here: with all of them a server grew by 133 MB in
# 400 turns. A single row is not among them: it is added up in another order.
ROW_COUNTS = (2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256)
_MORE_ROWS = 128  # larger batches are multiples of it


class Projection:
    """x [n, in] -> [n, out], with a bias where there is one."""

    def __init__(self, weight: Tensor, bias: Tensor | None = None) -> None:
        """Take the weight as [out, in]; it is not kept if it is packed."""
        self.is_packed = weight.device.type == "cpu" and weight.dtype != torch.float16 and _can_pack()
        self.inputs, self.outputs = weight.shape[1], weight.shape[0]
        self._bias = bias
        with torch.inference_mode():
            self._weight = _pack(weight) if self.is_packed else weight.t().contiguous()

    def write(self, x: Tensor, out: Tensor) -> None:
        """Put the products into `out`."""
        if self.is_packed:
            out.copy_(self._packed_product(x))
        elif self._bias is None:
            torch.mm(x, self._weight, out=out)
        else:
            torch.addmm(self._bias, x, self._weight, out=out)

    def add(self, x: Tensor, out: Tensor) -> None:
        """Add the products to what is in `out`."""
        if self.is_packed:
            out.add_(self._packed_product(x))
            return
        out.addmm_(x, self._weight)
        if self._bias is not None:
            out.add_(self._bias)

    def _packed_product(self, x: Tensor) -> Tensor:
        product: Tensor = torch.ops.mkldnn._linear_pointwise(x, self._weight, self._bias, "none", [], "")
        return product


def padded_rows(count: int) -> int:
    """The row count to compute `count` rows with, the rest of them dummies."""
    return next((rows for rows in ROW_COUNTS if rows >= count), -(-count // _MORE_ROWS) * _MORE_ROWS)


def _pack(weight: Tensor) -> Tensor:
    packed: Tensor = torch.ops.mkldnn._reorder_linear_weight(weight.contiguous(), PACKED_ROWS)
    return packed


def _can_pack() -> bool:
    """Whether this build of torch has oneDNN and the operators that torch's own compiler packs weights with."""
    return torch.backends.mkldnn.is_available() and hasattr(torch.ops.mkldnn, "_reorder_linear_weight")
