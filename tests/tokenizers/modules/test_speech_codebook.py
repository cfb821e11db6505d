"""The codebook between the speech encoder and decoder."""

import torch
import torch.nn.functional as F

from solami.tokenizers.modules.speech_codebook import PhoneticCodebook


def clusters(count: int = 6, each: int = 40, dim: int = 8) -> torch.Tensor:
    """Latents [count * each, dim] tightly around `count` directions, cluster by cluster, of various lengths."""
    generator = torch.Generator().manual_seed(0)
    middles = F.normalize(torch.randn(count, dim, generator=generator), dim=1)
    near = middles.repeat_interleave(each, 0) + 0.02 * torch.randn(count * each, dim, generator=generator)
    return near * (0.5 + torch.rand(count * each, 1, generator=generator))


def test_entries_go_where_latents_lie() -> None:
    """No entry serves two of six clusters, whatever the latents' lengths, and vectors point at what they stand for."""
    torch.manual_seed(0)
    book, latents = PhoneticCodebook(16, 8), clusters()
    book.place(latents)
    vectors, codes, far = book.eval()(latents[None])
    assert book.is_placed and far == 0
    assert sum(len(part.unique()) for part in codes[0].split(40)) == len(codes.unique())
    assert (F.cosine_similarity(vectors[0], latents) > 0.98).all()
    assert torch.equal(book.vectors_of(codes), vectors)


def test_nothing_is_quantised_before_entries_are_placed() -> None:
    """In training latents go through, unsettled, with their gradient; a network at work always gives codes."""
    torch.manual_seed(0)
    book, latents = PhoneticCodebook(6, 8), clusters()[None].requires_grad_()
    vectors, _, far = book(latents)
    likeness = F.cosine_similarity(vectors, latents, dim=-1)
    assert 0.9 < likeness.mean() < 0.99 and far == 0
    vectors.square().sum().backward()
    assert latents.grad is not None and not book.is_placed
    vectors, codes, _ = book.eval()(latents)
    assert torch.equal(vectors, book.vectors_of(codes))


def test_entries_follow_what_falls_to_them_in_training_alone() -> None:
    """Latents that all moved draw the entries along; at work the entries stay."""
    torch.manual_seed(0)
    book, latents = PhoneticCodebook(16, 8), clusters()
    book.place(latents)
    moved = latents + 0.2 * latents.norm(dim=1, keepdim=True) * F.normalize(torch.ones(8), dim=0)
    before = book.vectors_of(torch.arange(16)[None])
    book.eval()(moved[None])
    assert torch.equal(book.vectors_of(torch.arange(16)[None]), before)
    book.train()
    for _ in range(300):
        vectors, _, _ = book(moved[None])
    assert (F.cosine_similarity(vectors[0], moved) > 0.98).all()
