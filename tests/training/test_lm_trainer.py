import json
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch
from peft import PeftModel
from safetensors.torch import load_file
from transformers import (
    AutoModelForCausalLM,
    LlamaConfig,
    LlamaForCausalLM,
    PreTrainedModel,
    Qwen2Config,
    Qwen2ForCausalLM,
    TrainerState,
)

from solami.errors import ConfigError
from solami.frames import CodeSpec
from solami.llm.vocabulary import MODALITIES, SPECIAL_TOKENS, VOCABULARY_FILE, Vocabulary
from solami.training.align import train_align
from solami.training.instruct import train_instruct
from solami.training.lm_clock import Keeper
from solami.training.lm_config import LmTrainingConfig
from solami.training.lm_model import ModelConfig, fresh_model, load_model, save_model
from solami.training.lm_trainer import train_lm
from solami.training.text_tokenizer import train_text_tokenizer

pytestmark = pytest.mark.filterwarnings("ignore:`is_gradient_checkpointing`:FutureWarning")  # peft asks for it
SPECS = [
    CodeSpec("speech", 16, 1, 25.0),
    CodeSpec("body", 8, 2, 7.5),
    CodeSpec("hands", 8, 1, 7.5),
    CodeSpec("placement", 32, 3, 0.0),
]
TINY = ModelConfig(hidden=32, layers=2, heads=2, intermediate=64, context_tokens=64)


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return Vocabulary(train_text_tokenizer(["Hello there, how are you?"] * 4, size=280), SPECS)


@pytest.fixture
def rows(tmp_path: Path, vocabulary: Vocabulary) -> Path:
    """Rows of counting ids: the next one is always known."""
    start = np.random.default_rng(0).integers(0, 100, (80, 1))
    ids = ((start + np.arange(32)) % 100).astype(np.int32)
    folder = tmp_path / "rows"
    folder.mkdir()
    np.save(folder / "ids_00000.npy", ids)
    np.save(folder / "mask_00000.npy", np.broadcast_to(np.arange(32) % 4 != 0, ids.shape))
    return folder


def config(rows: Path, **changes: object) -> LmTrainingConfig:
    values = {"rows": [rows], "out": rows.parent / "out", "model": TINY, "batch_rows": 8, "max_steps": 40, "threads": 1}
    return LmTrainingConfig.model_validate({**values, "learning_rate": 0.01, "val_rows": 8, "bf16": False, **changes})


def test_training_learns_and_leaves_a_standard_folder(rows: Path, vocabulary: Vocabulary) -> None:
    """The loss falls, and transformers loads the float16 folder with the vocabulary beside it."""
    report = train_lm(config(rows, max_steps=70), vocabulary)
    assert report["steps"] == 70 and report["eval_loss"] < 1.0
    out = rows.parent / "out"
    assert {v.dtype for v in load_file(out / "model.safetensors").values()} == {torch.float16}
    model = AutoModelForCausalLM.from_pretrained(out, dtype=torch.float32)
    with torch.inference_mode():
        predicted = model(torch.arange(10, 30)[None]).logits[0].argmax(-1)
    assert (predicted[5:] == torch.arange(16, 31)).float().mean() > 0.6
    assert Vocabulary.load(out).size == vocabulary.size


def test_the_clock_can_end_a_run(rows: Path, vocabulary: Vocabulary) -> None:
    """A run whose time is up stops after its first step and still writes its folder."""
    report = train_lm(config(rows, max_minutes=1e-6, max_steps=1000), vocabulary)
    assert report["steps"] == 1 and (rows.parent / "out" / "config.json").is_file()


@pytest.mark.parametrize("lora", [None, {"rank": 4}])
def test_a_run_that_was_stopped_ends_like_one_that_was_not(
    rows: Path, vocabulary: Vocabulary, monkeypatch: pytest.MonkeyPatch, lora: dict[str, int] | None
) -> None:
    """Stopped after six steps and resumed, a run takes the same steps to the same weights, all or LoRA ones."""
    save_model(fresh_model(TINY, vocabulary), vocabulary, rows.parent / "start")
    changes = {"start": rows.parent / "start", "lora": lora, "max_steps": 9, "save_minutes": 1e-9}
    whole, parts = rows.parent / "whole", rows.parent / "parts"
    wanted = train_lm(config(rows, out=whole, **changes), vocabulary)

    def stop(_: Keeper, args: object, state: TrainerState, *__: object, **___: object) -> None:
        if state.global_step == 6:
            raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(Keeper, "on_step_begin", stop)
        train_lm(config(rows, out=parts, **changes), vocabulary)
    report = train_lm(config(rows, out=parts, **changes), vocabulary, resume=True)
    assert report["steps"] == wanted["steps"] == 9
    assert report["eval_loss"] == pytest.approx(wanted["eval_loss"], abs=1e-4)
    name = "model.safetensors" if lora is None else "adapter_model.safetensors"
    first, second = load_file(whole / name), load_file(parts / name)
    for key, value in first.items():
        torch.testing.assert_close(second[key], value, atol=1e-5, rtol=1e-4)


def test_gradients_of_several_steps_make_one_update(rows: Path, vocabulary: Vocabulary) -> None:
    """Two steps of four rows that are one update end where steps of eight rows end."""
    losses = []
    for batch, accumulate in ((8, 1), (4, 2)):
        out = rows.parent / f"out{batch}"
        report = train_lm(config(rows, out=out, batch_rows=batch, accumulate=accumulate, max_steps=12), vocabulary)
        assert report["steps"] == 12
        losses.append(report["eval_loss"])
    assert losses[0] == pytest.approx(losses[1], rel=1e-3)


def test_prompts_are_answered_beside_checkpoints(rows: Path, vocabulary: Vocabulary) -> None:
    """Every checkpoint comes with the words and codes of a whole reply to each prompt; speed is reported."""
    wanted = config(rows, max_steps=2, save_minutes=1e-9, samples=["Hello?"], model=TINY.model_copy())
    report = train_lm(wanted, vocabulary)
    folder = rows.parent / "out" / "samples" / "step_000002"
    assert list(json.loads((folder / "said.json").read_text())) == ["Hello?"]
    with np.load(folder / "00.npz") as codes:
        assert codes["speech"].shape[1] * 3 == codes["body"].shape[1] * 10 > 0
    assert report["tokens_per_s"] > 0 and 0 < report["mfu"] < 1


def test_lora_additions_merge_into_the_same_model(rows: Path, vocabulary: Vocabulary) -> None:
    """The saved additions, loaded onto the model and merged into it, give the same logits, and leave it as it was."""
    save_model(fresh_model(TINY, vocabulary), vocabulary, rows.parent / "start")
    before = (rows.parent / "start" / "model.safetensors").read_bytes()
    train_lm(config(rows, start=rows.parent / "start", lora={"rank": 4}, max_steps=20), vocabulary)
    ids = torch.arange(20)[None]
    load = partial(AutoModelForCausalLM.from_pretrained, rows.parent / "start", dtype=torch.float32)
    with torch.inference_mode():
        plain = load()(ids).logits
        tuned = PeftModel.from_pretrained(load(), str(rows.parent / "out")).eval()
        added = tuned(ids).logits
        merged = tuned.merge_and_unload()(ids).logits
    torch.testing.assert_close(added, merged, atol=1e-4, rtol=1e-4)
    assert (added - plain).abs().max() > 0.05
    assert (rows.parent / "start" / "model.safetensors").read_bytes() == before
    with pytest.raises(ConfigError, match="lora"):
        train_lm(config(rows, lora={"rank": 4}), vocabulary)


@pytest.mark.parametrize("family", ["llama", "qwen2"])
def test_any_small_llm_can_be_the_base(tmp_path: Path, rows: Path, vocabulary: Vocabulary, family: str) -> None:
    """A Llama or Qwen folder with its own number of rows gets the vocabulary's tokens and trains."""
    shape = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2}
    kinds = {"llama": (LlamaConfig, LlamaForCausalLM), "qwen2": (Qwen2Config, Qwen2ForCausalLM)}
    settings, model = kinds[family]
    size = len(vocabulary.text_span)
    model(settings(vocab_size=size, num_key_value_heads=1, tie_word_embeddings=False, **shape)).save_pretrained(
        tmp_path
    )
    out = rows.parent / "out"
    report = train_lm(config(rows, start=tmp_path, max_steps=30), vocabulary)
    assert report["eval_loss"] < 5
    grown = AutoModelForCausalLM.from_pretrained(out)
    assert grown.config.model_type == family and grown.config.vocab_size == vocabulary.size
    assert grown.get_output_embeddings().weight.shape[0] == vocabulary.size == Vocabulary.load(out).size
    assert max(span.stop for span in map(vocabulary.span, vocabulary.specs)) == vocabulary.size


def test_a_smaller_llm_grows_rows(tmp_path: Path, vocabulary: Vocabulary) -> None:
    """An LLM with too few embedding rows gets the vocabulary's and keeps its own."""
    torch.manual_seed(0)
    model = fresh_model(TINY, vocabulary)
    before = model.get_input_embeddings().weight[:50].clone().half().float()
    model.resize_token_embeddings(50)
    save_model(model, vocabulary, tmp_path)
    (tmp_path / VOCABULARY_FILE).unlink()  # as somebody else's
    grown = load_model(tmp_path, vocabulary)
    assert grown.config.vocab_size == vocabulary.size
    torch.testing.assert_close(grown.get_input_embeddings().weight[:50], before)


def test_an_older_llm_keeps_its_rows_where_new_special_tokens_come_in(tmp_path: Path, vocabulary: Vocabulary) -> None:
    """Every id that both know has the row it had, tied or not; codes moved up behind the new token."""
    older = Vocabulary(vocabulary.tokenizer, SPECS, SPECIAL_TOKENS[:-1])
    for is_tied in (True, False):
        model = fresh_model(TINY, older)
        if not is_tied:
            model.config.tie_word_embeddings = False
            model.lm_head = torch.nn.Linear(TINY.hidden, older.size, bias=False)
        folder = tmp_path / f"{is_tied}"
        save_model(model, older, folder)
        new = load_model(folder, vocabulary)
        for before, after in zip(_rows(model), _rows(new), strict=True):
            assert len(after) == vocabulary.size
            for name in SPECIAL_TOKENS[:-1]:
                torch.testing.assert_close(after[vocabulary.special(name)], before[older.special(name)])
            for name in MODALITIES:
                torch.testing.assert_close(after[[*vocabulary.span(name)]], before[[*older.span(name)]])


def _rows(model: PreTrainedModel) -> list[torch.Tensor]:
    layers = (model.get_input_embeddings(), model.get_output_embeddings())
    return [layer.weight.detach().half().float() for layer in layers]


def test_instruct_wants_an_aligned_model_of_the_same_codes(rows: Path, vocabulary: Vocabulary) -> None:
    """Instruction tuning without a start is a ConfigError, and so is any stage from a start made for other codes."""
    with pytest.raises(ConfigError, match="start"):
        train_instruct(config(rows), vocabulary)
    other = Vocabulary(vocabulary.tokenizer, [CodeSpec("speech", 32, 1, 25.0), *SPECS[1:]])
    save_model(fresh_model(TINY, other), other, rows.parent / "start")
    for train in (train_instruct, train_align):
        with pytest.raises(ConfigError, match="align again"):
            train(config(rows, start=rows.parent / "start"), vocabulary)
