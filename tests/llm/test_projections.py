"""Packed or plain, a projection is the matrix it was made of."""

import pytest
import torch
from torch import Tensor

from solami.llm import projections
from solami.llm.projections import Projection, padded_rows


@pytest.mark.parametrize("is_packed", [True, False])
@pytest.mark.parametrize("bias", [torch.randn(11), None])
def test_products_are_those_of_the_matrix(
    is_packed: bool, bias: Tensor | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both layouts write and add x times the matrix, with the bias."""
    if not is_packed:
        monkeypatch.setattr(projections, "_can_pack", lambda: False)
    weight, x, out = torch.randn(11, 7), torch.randn(5, 7), torch.empty(5, 11)
    wanted = torch.nn.functional.linear(x, weight, bias)
    projection = Projection(weight, bias)
    assert (projection.inputs, projection.outputs) == (7, 11)
    assert not projection.is_packed or is_packed
    projection.write(x, out)
    assert torch.allclose(out, wanted, atol=1e-5)
    projection.add(x, out)
    assert torch.allclose(out, 2 * wanted, atol=1e-5)


@pytest.mark.parametrize("sizes", [(256, 768), (256, 1536), (768, 256), (37, 41), (4096, 64)])
def test_packed_rows_do_not_depend_on_how_many_come(sizes: tuple[int, int]) -> None:
    """From two rows on, a row's product is the same bit by bit."""
    projection = Projection(torch.randn(sizes[1], sizes[0]))
    if not projection.is_packed:
        pytest.skip("this build of torch has no oneDNN")
    x = torch.randn(70, sizes[0])
    whole = torch.empty(70, sizes[1])
    projection.write(x, whole)
    for start, stop in ((0, 2), (5, 8), (13, 17), (1, 34), (60, 70)):
        part = torch.empty(stop - start, sizes[1])
        projection.write(x[start:stop], part)
        assert torch.equal(part, whole[start:stop])


def test_dummy_rows_are_at_most_half_as_many_again() -> None:
    """Counts are rounded up to one of few, never down; beside a single row stands one dummy."""
    assert padded_rows(1) == 2
    for count in range(2, 2000):
        assert count <= padded_rows(count) <= max(count * 1.5, 4)
    assert len({padded_rows(count) for count in range(1, 257)}) == 15
