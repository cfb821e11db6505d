"""The idle network."""

import torch

from solami.tokenizers.modules.idle_net import IdleNet, IdleNetConfig

CONFIG = IdleNetConfig(codebook_sizes=(16, 16, 8), body_books=2, table_width=4, state_width=6)


def test_training_scores_are_those_of_one_step_after_the_other() -> None:
    """The teacher-forced pass scores every code as drawing frame by frame would."""
    torch.manual_seed(0)
    net = IdleNet(CONFIG).eval()
    codes = torch.randint(0, 8, (1, 5, 3))
    condition = torch.tensor([[0, 1, 1, 2, 0]])
    whole = net(codes, condition, net.start[None])
    last, state = net.start[None, None], None
    for t in range(5):
        context, state = net.advance(last, condition[:, t : t + 1], state)
        last = net.read(codes[:, t : t + 1])
        for book in range(3):
            alone = net.scores(context, last[..., : 4 * book], book)
            torch.testing.assert_close(alone[:, 0], whole[book][:, t], atol=1e-5, rtol=0)


def test_the_default_is_small() -> None:
    """With two body books of 512 and one of hands it stays within 100 thousand weights."""
    net = IdleNet(IdleNetConfig(codebook_sizes=(512, 512, 256), body_books=2))
    assert sum(p.numel() for p in net.parameters()) <= 100_000
