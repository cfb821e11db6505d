import random

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor
from transformers import PreTrainedModel, Qwen2Config, Qwen2ForCausalLM

from solami.llm.grammar import AgentGrammar
from solami.llm.template import header_ids, render_dialogue
from solami.llm.turns import AgentTurn, Clause, SystemTurn, Turn
from solami.llm.vocabulary import Vocabulary
from solami.training.lm_batches import separate
from solami.training.lm_config import LossWeights
from solami.training.lm_loss import KINDS, LmWithLoss
from solami.training.lm_model import ModelConfig, fresh_model

TINY = ModelConfig(hidden=32, layers=2, heads=2, intermediate=64, context_tokens=256)


def llama(vocabulary: Vocabulary) -> PreTrainedModel:
    torch.manual_seed(0)
    return fresh_model(TINY, vocabulary).eval()


def qwen(vocabulary: Vocabulary) -> PreTrainedModel:
    torch.manual_seed(0)
    shape = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2}
    return Qwen2ForCausalLM(Qwen2Config(vocab_size=vocabulary.size, num_key_value_heads=1, **shape)).eval()


def reply(vocabulary: Vocabulary, *, speech: bool, body: bool, seed: int) -> list[int]:
    """A random reply that the grammar allows, behind its header."""
    grammar, rng = AgentGrammar(vocabulary, speech=speech, body=body), random.Random(seed)
    ids = header_ids(vocabulary, "<agent>", speech=speech, body=body)
    while not grammar.done:
        ids.append(rng.choice(rng.choice(grammar.legal())))
        grammar.advance(ids[-1])
    return ids


@pytest.mark.parametrize("make", [llama, qwen])
def test_samples_of_a_row_do_not_see_each_other(words: Vocabulary, make: object) -> None:
    """States of a sample are the same packed behind another one and alone, and gradients do not cross."""
    assert callable(make)
    net = LmWithLoss(make(words), words)
    bos = words.special("<bos>")
    first, second = ([bos, *reply(words, speech=False, body=False, seed=seed)] for seed in (1, 2))
    with torch.no_grad():
        packed = net.hidden(torch.tensor([first + second]))[0, len(first) :]
        alone = net.hidden(torch.tensor([second]))[0]
    torch.testing.assert_close(packed, alone, atol=1e-5, rtol=1e-4)
    embedded = net.lm.get_input_embeddings()
    kept: list[Tensor] = []
    embedded.register_forward_hook(lambda _, __, out: kept.append(out))
    states = net.hidden(torch.tensor([first + second]))[0, len(first) :]
    (gradient,) = torch.autograd.grad(states.sum(), kept)
    assert gradient[0, : len(first)].abs().max() == 0 < gradient[0, len(first) :].abs().max()


def test_positions_begin_anew_with_every_sample() -> None:
    """Positions count from each <bos>; a row that is a sample's rest is a sample too."""
    apart = separate(torch.tensor([[9, 1, 2, 9, 3], [1, 2, 3, 9, 4]]), bos=9)
    assert apart.positions.tolist() == [[0, 1, 2, 0, 1], [0, 1, 2, 0, 1]]
    assert apart.visible[0, 0].tolist()[4] == [False, False, False, True, True]
    assert apart.visible[1, 0].tolist()[2] == [True, True, True, False, False]


@pytest.mark.parametrize(("speech", "body"), [(True, True), (True, False), (False, True), (False, False)])
def test_tokens_compete_with_what_the_grammar_allows(words: Vocabulary, speech: bool, body: bool) -> None:
    """Where the grammar leaves one book of codes the loss is among these, everywhere else among all ids."""
    model = llama(words)
    net = LmWithLoss(model, words)
    header = header_ids(words, "<agent>", speech=speech, body=body)
    for seed in range(3):
        ids = [words.special("<bos>"), *reply(words, speech=speech, body=body, seed=seed)]
        begun = 1 + len(header)
        grammar, wanted = AgentGrammar(words, speech=speech, body=body), []
        logits = model(torch.tensor([ids])).logits[0]
        for index, token in enumerate(ids[begun:], start=begun):
            legal = grammar.legal()
            only = legal[0] if len(legal) == 1 and len(legal[0]) > 1 and token not in words.text_span else None
            row = logits[index - 1] if only is None else logits[index - 1, only.start : only.stop]
            wanted.append(F.cross_entropy(row, torch.tensor(token - (only.start if only else 0))))
            grammar.advance(token)
        mask = torch.zeros(1, len(ids), dtype=torch.bool)
        mask[:, begun:] = True
        torch.testing.assert_close(net(torch.tensor([ids]), mask)["loss"], torch.stack(wanted).mean())


def test_only_learned_tokens_count_unless_prompts_are_wanted(words: Vocabulary) -> None:
    """Without a weight prompts change nothing and <bos> is never learned; with one they do; kinds are counted apart."""
    turns: list[Turn] = [SystemTurn("You are Ada."), AgentTurn(False, False, (Clause("Hello there."),))]
    rendered = render_dialogue(words, turns)
    ids, mask = torch.tensor([rendered.ids * 2]), torch.tensor([rendered.mask * 2])
    model = llama(words)
    plain, prompted = (LmWithLoss(model, words, LossWeights(prompt=p))(ids, mask) for p in (0.0, 1.0))
    half = LmWithLoss(model, words)(ids[:, : len(rendered.ids)], mask[:, : len(rendered.ids)])
    torch.testing.assert_close(plain["loss"], half["loss"])
    assert plain["loss"] != prompted["loss"]
    torch.testing.assert_close(plain["kinds"], prompted["kinds"])
    assert plain["kinds"][KINDS.index("text"), 1] == sum(rendered.mask) * 2 and plain["kinds"][1:].abs().sum() == 0


def test_weights_scale_kinds_of_tokens(words: Vocabulary) -> None:
    """With words at weight 3 the loss is the mean in which every word's loss counts three times."""
    ids = torch.tensor([[words.special("<bos>"), *reply(words, speech=True, body=True, seed=3)]])
    mask = torch.ones_like(ids, dtype=torch.bool)
    model = llama(words)
    out = LmWithLoss(model, words, LossWeights(text=3.0, motion=0.5))(ids, mask)
    weights = torch.tensor([3.0, 1.0, 0.5])
    sums, counts = out["kinds"].T
    torch.testing.assert_close(out["loss"], (weights * sums).sum() / (weights * counts).sum())
    assert torch.isfinite(out["loss"]) and (counts > 0).all()
