from pathlib import Path

import pytest
from transformers import LlamaConfig, LlamaForCausalLM

from solami.build import _idle, build_backend, build_cast, build_models
from solami.config import PACKAGE, ServeConfig, load_serve_config
from solami.errors import CapacityError, ConfigError
from solami.frames import AudioChunk, MotionChunk, ReplyDone
from solami.llm.engine import Sampling
from solami.llm.local_engine import LocalEngine
from solami.llm.transformers_engine import TransformersEngine
from solami.pipeline.backend import PipelineBackend
from solami.tokenizers.dummy_speech import DummySpeechTokenizer
from solami.tokenizers.idle import IdleModel
from solami.tokenizers.modules.motion_vq import MotionNetConfig
from solami.tokenizers.motion import MotionTokenizerConfig, VQMotionTokenizer


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkpoint whose LLM is tiny and random, for the dummy tokenizers."""
    folder = tmp_path_factory.mktemp("checkpoint")
    vocabulary = build_models(load_serve_config("debug")).vocabulary
    vocabulary.save(folder / "llm")
    shape = LlamaConfig(
        vocab_size=vocabulary.size, hidden_size=16, intermediate_size=16, num_hidden_layers=1, num_attention_heads=2,
        num_key_value_heads=2, max_position_embeddings=640,
    )  # fmt: skip
    LlamaForCausalLM(shape).save_pretrained(folder / "llm")
    return folder


def config(*overrides: str) -> ServeConfig:
    return load_serve_config("debug", overrides)


def answer(backend: PipelineBackend, persona: str) -> list[object]:
    conversation = backend.open(persona, 0)
    conversation.begin_turn(speech=False, body=False)
    conversation.push_text("Hello")
    conversation.end_turn()
    outputs: list[object] = list(conversation.reply(seed=0, max_seconds=1.2))
    conversation.close()
    return outputs


def test_debug_answers_without_weights() -> None:
    """The debug configuration builds a backend whose replies have sound, movement and an end."""
    backend = build_backend(config())
    kinds = {type(output) for output in answer(backend, "rosa")}
    assert kinds >= {AudioChunk, MotionChunk, ReplyDone}
    assert {card.name for card in backend.personas()} >= {"ada", "rosa"}
    assert backend.model == "scripted"


@pytest.mark.parametrize(("kind", "expected"), [("local", LocalEngine), ("transformers", TransformersEngine)])
def test_engines_are_chosen_by_kind(checkpoint: Path, kind: str, expected: type) -> None:
    """The configuration's kind decides the engine; its context is the model's own where none is given."""
    settings = config(f"engine.kind={kind}", f"checkpoint={checkpoint}", "server.max_sessions=1")
    backend = build_backend(settings)
    assert type(backend.models.engine) is expected
    assert backend.models.engine.context_tokens == 640
    assert isinstance(answer(backend, "ada")[-1], ReplyDone)


def test_the_7b_bench_is_built_small_without_a_gpu() -> None:
    """The configuration of the GPU bench builds a talking model of any size; sizes that do not fit are refused."""
    small = ["device=cpu", "dtype=float32", "layers=1", "hidden=32", "intermediate=48", "heads=2", "kv_heads=1"]
    overrides = [*(f"engine.{each}" for each in small), "engine.head_dim=8", "engine.context_tokens=512"]
    models = build_models(load_serve_config("bench-7b", overrides))
    assert isinstance(models.engine, LocalEngine) and models.turn_ends is None
    slot = models.engine.open(0)
    models.engine.prefill(slot, range(10))
    (token_id,) = models.engine.step([slot], [(models.vocabulary.span("speech"),)], [Sampling()])
    assert token_id in models.vocabulary.span("speech")
    with pytest.raises(ConfigError, match=r"kv_heads.*divisor"):
        build_models(load_serve_config("bench-7b", [*overrides, "engine.heads=3", "engine.kv_heads=2"]))


def test_the_engine_has_a_slot_for_every_session() -> None:
    """As many conversations open as the server admits, and no more."""
    backend = build_backend(config("server.max_sessions=2"))
    backend.open("ada", 0)
    backend.open("tom", 0)
    with pytest.raises(CapacityError):
        backend.open("rosa", 0)


def test_own_personas_come_before_the_packaged_ones(tmp_path: Path) -> None:
    """A folder of personas adds to the cast and replaces namesakes."""
    (tmp_path / "ada.yaml").write_text("{name: ada, title: another, voice: ada, text: You are another Ada.}")
    (tmp_path / "nora.yaml").write_text("{name: nora, title: new, voice: tom, text: You are Nora.}")
    cast = build_cast(config(f"personas={tmp_path}"), DummySpeechTokenizer())
    assert cast["ada"][0].title == "another"
    assert cast["nora"][1].name == "tom"
    assert "rosa" in cast


@pytest.mark.parametrize(
    ("overrides", "said"),
    [
        (["checkpoint=nowhere"], "default"),
        (["engine.kind=local", f"checkpoint={PACKAGE}"], "missing"),
        (["tokenizers.kind=neural", f"checkpoint={PACKAGE}"], "no speech tokenizer|missing"),
    ],
)
def test_a_checkpoint_that_lacks_something_is_named(overrides: list[str], said: str) -> None:
    """A checkpoint that is absent or incomplete is a ConfigError in words."""
    with pytest.raises(ConfigError, match=said):
        build_backend(config(*overrides))


def test_idle_motion_of_other_codes_is_left_out(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """An idle model that speaks another motion tokenizer's codes is not used, and the log says so."""
    net = MotionNetConfig(codebook_size=8, latent_dim=4, width=8, refine_width=4, dilations=(1,))
    first, second = (VQMotionTokenizer.fresh(MotionTokenizerConfig(body=net, hands=net)) for _ in range(2))
    second.nets["body"].quantizer.layers[0]._codebook.embed.add_(1.0)
    IdleModel.fresh(first, table_width=4, state_width=8).save(tmp_path)
    assert _idle(tmp_path, first) is not None
    assert _idle(tmp_path, second) is None
    assert "another motion tokenizer" in caplog.text
    assert _idle(tmp_path / "absent", first) is None
