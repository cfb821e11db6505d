from pathlib import Path

import pytest
import torch

from solami.errors import ConfigError
from solami.llm.vocabulary import Vocabulary
from solami.tokenizers.modules.speech_net import SpeechNet, SpeechNetConfig
from solami.tokenizers.speech import load_net, save_net
from solami.training.lm_model import ModelConfig, fresh_model, load_model, save_model
from solami.training.mean import write_llm_mean, write_speech_mean

TINY = ModelConfig(hidden=32, layers=2, heads=2, intermediate=64)
TINY_SPEECH = SpeechNetConfig(width=16, front_width=8, encoder_blocks=1, trunk_blocks=1, decoder_blocks=1, voice_dim=4)


def written(words: Vocabulary, folder: Path, seed: int, config: ModelConfig = TINY) -> Path:
    torch.manual_seed(seed)
    save_model(fresh_model(config, words), words, folder)
    return folder


def test_every_weight_is_the_mean(words: Vocabulary, tmp_path: Path) -> None:
    """Of two and of three LLMs, to the rounding of float16."""
    folders = [written(words, tmp_path / str(seed), seed) for seed in range(3)]
    for count in (2, 3):
        write_llm_mean(folders[:count], tmp_path / "mean")
        parts = [load_model(folder, words).state_dict() for folder in folders[:count]]
        for name, value in load_model(tmp_path / "mean", words).state_dict().items():
            wanted = torch.stack([part[name] for part in parts]).mean(0)
            assert torch.allclose(value, wanted, rtol=1e-3, atol=1e-4), name


def test_what_has_no_mean_is_refused(words: Vocabulary, tmp_path: Path) -> None:
    """One LLM alone, or two of different shapes."""
    one = written(words, tmp_path / "one", 0)
    other = written(words, tmp_path / "other", 0, TINY.model_copy(update={"intermediate": 48}))
    with pytest.raises(ConfigError, match="two or more"):
        write_llm_mean([one], tmp_path / "mean")
    with pytest.raises(ConfigError, match="shapes"):
        write_llm_mean([one, other], tmp_path / "mean")


def spoken(folder: Path, seed: int, codebook_seed: int = 0, config: SpeechNetConfig = TINY_SPEECH) -> Path:
    torch.manual_seed(seed)
    net = SpeechNet(config)
    torch.manual_seed(codebook_seed)
    net.quantizer.place(torch.randn(400, config.latent_dim))
    save_net(net, folder)
    return folder


def test_speech_tokenizers_of_one_codebook_have_a_mean(tmp_path: Path) -> None:
    """Encoder and decoder are halfway between two; the entries stay as they are in both, to the bit."""
    folders = [spoken(tmp_path / str(seed), seed) for seed in range(2)]
    write_speech_mean(folders, tmp_path / "mean")
    one, other = (load_net(folder).state_dict() for folder in folders)
    mean = load_net(tmp_path / "mean").state_dict()
    assert torch.allclose(
        mean["encoder.leave.weight"], (one["encoder.leave.weight"] + other["encoder.leave.weight"]) / 2, atol=1e-3
    )
    entries = next(name for name in mean if name.endswith("codebook.embed"))
    assert torch.equal(mean[entries], one[entries])


def test_a_part_alone_can_be_the_mean(tmp_path: Path) -> None:
    """The encoder is halfway, the decoder the first's to the bit; a part that no weight begins with is refused."""
    folders = [spoken(tmp_path / str(seed), seed) for seed in range(2)]
    write_speech_mean(folders, tmp_path / "mean", "encoder")
    one, other, mean = (load_net(folder).state_dict() for folder in [*folders, tmp_path / "mean"])
    for name, value in mean.items():
        wanted = (one[name] + other[name]) / 2 if name.startswith("encoder") else one[name]
        assert torch.allclose(value, wanted, atol=1e-3 if name.startswith("encoder") else 0.0), name
    with pytest.raises(ConfigError, match="decoder, encoder"):
        write_speech_mean(folders, tmp_path / "mean", "nothing")


def test_speech_tokenizers_that_speak_other_codes_have_none(tmp_path: Path) -> None:
    """Neither do those of other sizes."""
    one, other = spoken(tmp_path / "one", 0), spoken(tmp_path / "other", 0, codebook_seed=1)
    wide = spoken(tmp_path / "wide", 0, config=TINY_SPEECH.model_copy(update={"decoder_blocks": 2}))
    with pytest.raises(ConfigError, match="other codebooks"):
        write_speech_mean([one, other], tmp_path / "mean")
    with pytest.raises(ConfigError, match="shapes"):
        write_speech_mean([one, wide], tmp_path / "mean")
    with pytest.raises(ConfigError, match="two or more"):
        write_speech_mean([one], tmp_path / "mean")
