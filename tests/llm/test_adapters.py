"""LoRA rows beside plain ones give what peft gives, and anything but plain LoRA is refused."""

import json
from pathlib import Path

import pytest
import torch
from peft import LoraConfig, PeftModel, get_peft_model
from safetensors.torch import load_file, save_file
from transformers import AutoModelForCausalLM

from solami.errors import ConfigError, EngineError
from solami.llm.checkpoint import read_weights
from solami.llm.engine import Engine, Sampling
from solami.llm.local_engine import LocalEngine
from solami.llm.transformers_engine import TransformersEngine, read_model

pytestmark = pytest.mark.filterwarnings("ignore:`is_gradient_checkpointing`:FutureWarning")  # peft asks for it
EVERY_LAYER = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
HALVES = (range(0, 100),), (range(100, 200),)


def save_adapter(model: Path, folder: Path, seed: int, targets: list[str], **options: object) -> Path:
    """A random adapter that changes much."""
    torch.manual_seed(seed)
    config = LoraConfig(r=4, lora_alpha=8, target_modules=targets, init_lora_weights=False, **options)
    tuned = get_peft_model(AutoModelForCausalLM.from_pretrained(model), config)
    for name, weight in tuned.named_parameters():
        if "lora_" in name:
            weight.data.normal_(std=0.3)
    tuned.save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def adapters(tiny_llama: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """One on all matrices, one on some and scaled the other way."""
    folder = tmp_path_factory.mktemp("adapters")
    return [
        save_adapter(tiny_llama, folder / "all", 1, EVERY_LAYER),
        save_adapter(tiny_llama, folder / "some", 2, ["q_proj", "v_proj", "up_proj"], use_rslora=True),
    ]


def test_adapters_in_one_batch_match_merged_models(tiny_llama: Path, adapters: list[Path], tmp_path: Path) -> None:
    """Three slots of one batch, two adapters and none, answer like three models that peft merged."""
    folders = [tiny_llama]
    for index, adapter in enumerate(adapters):
        merged = PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained(tiny_llama), adapter)
        folders.append(tmp_path / str(index))
        merged.merge_and_unload().save_pretrained(folders[-1])
    references = [LocalEngine(read_weights(folder), slots=1, context_tokens=64) for folder in folders]
    engine = LocalEngine(read_weights(tiny_llama), slots=3, context_tokens=64)
    slots = [engine.open(0, adapter) for adapter in (None, *map(engine.load_adapter, adapters))]
    alone = [reference.open(0) for reference in references]
    for n, slot in enumerate(slots):
        engine.prefill(slot, range(5 + n))
        references[n].prefill(alone[n], range(5 + n))
    for _ in range(4):
        drawn = engine.step(slots, [(range(0, 200),)] * 3, [Sampling(0.0)] * 3)
        assert drawn == [
            r.step([s], [(range(0, 200),)], [Sampling(0.0)])[0] for r, s in zip(references, alone, strict=True)
        ]
    shares = [engine.probability(slot, *HALVES) for slot in slots]
    for reference, slot, share in zip(references, alone, shares, strict=True):
        assert reference.probability(slot, *HALVES) == pytest.approx(share, abs=1e-5)
    assert len({round(share, 3) for share in shares}) == 3


def shares_of(engine: Engine, adapters: list[Path]) -> list[float]:
    """What slots without an adapter, opened before and after loading, and slots with one think of the same prompt."""
    before = engine.open(0)
    loaded = [engine.load_adapter(folder) for folder in adapters]
    assert engine.load_adapter(adapters[0]) == loaded[0]
    slots = [before, engine.open(0), *(engine.open(0, adapter) for adapter in loaded)]
    for slot in slots:
        engine.prefill(slot, [1, 2, 3])
    return [engine.probability(slot, *HALVES) for slot in slots]


def test_both_engines_agree_on_adapters(tiny_llama: Path, adapters: list[Path]) -> None:
    """Slots with and without adapters think what they think in the reference, and do not touch each other."""
    local = shares_of(LocalEngine(read_weights(tiny_llama), slots=4, context_tokens=64), adapters)
    assert shares_of(TransformersEngine(read_model(tiny_llama), slots=4, context_tokens=64), adapters) == pytest.approx(
        local, abs=1e-5
    )
    assert local[0] == local[1]
    assert len({round(share, 3) for share in local}) == 3


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"use_dora": True}, "use_dora"),
        ({"bias": "all"}, "bias"),
        ({"modules_to_save": ["lm_head"]}, "modules_to_save"),
        ({"rank_pattern": {"q_proj": 2}}, "rank_pattern"),
        ({"peft_type": "IA3"}, "peft_type"),
        ({"r": 3}, "expected"),
    ],
)
def test_what_is_not_plain_lora_is_refused(
    tiny_llama: Path, adapters: list[Path], tmp_path: Path, change: dict[str, object], message: str
) -> None:
    """An adapter that would be computed wrongly is an error that names the field."""
    config = json.loads((adapters[0] / "adapter_config.json").read_text())
    (tmp_path / "adapter_config.json").write_text(json.dumps(config | change))
    (tmp_path / "adapter_model.safetensors").symlink_to(adapters[0] / "adapter_model.safetensors")
    with pytest.raises(ConfigError, match=message):
        LocalEngine(read_weights(tiny_llama), context_tokens=64).load_adapter(tmp_path)


def test_files_of_another_kind_are_refused(tiny_llama: Path, adapters: list[Path], tmp_path: Path) -> None:
    """A folder without a config, without weights, or with matrices of other layers is refused."""
    engine = LocalEngine(read_weights(tiny_llama), context_tokens=64)
    with pytest.raises(ConfigError, match="adapter_config"):
        engine.load_adapter(tmp_path)
    (tmp_path / "adapter_config.json").symlink_to(adapters[0] / "adapter_config.json")
    with pytest.raises(ConfigError, match="adapter_model"):
        engine.load_adapter(tmp_path)
    weights = load_file(adapters[0] / "adapter_model.safetensors")
    save_file(
        weights | {"base_model.model.lm_head.lora_A.weight": torch.zeros(4, 32)}, tmp_path / "adapter_model.safetensors"
    )
    with pytest.raises(ConfigError, match="lm_head"):
        engine.load_adapter(tmp_path)


def test_an_adapter_that_was_not_loaded_is_refused(tiny_llama: Path) -> None:
    """A slot is not opened with an id that nobody gave out."""
    with pytest.raises(EngineError, match="loaded are"):
        LocalEngine(read_weights(tiny_llama), context_tokens=64).open(0, 1)
