import pytest
import torch

from solami.errors import ConfigError
from solami.tokenizers.modules.speech_net import SpeechNet, SpeechNetConfig
from solami.training.speech_growth import grown

TINY = SpeechNetConfig(width=16, front_width=8, encoder_blocks=1, trunk_blocks=1, decoder_blocks=1, voice_dim=4)


def test_new_blocks_change_nothing_until_they_learn() -> None:
    """The grown decoder predicts what the small one did, and its new blocks get gradients."""
    torch.manual_seed(0)
    small = SpeechNet(TINY)
    large = grown(small, TINY.model_copy(update={"decoder_blocks": 3}))
    codes, voice = torch.rand(2, 5, 32), torch.rand(2, 4)
    made = [net.decoder(net.decoder.content(codes), voice) for net in (small, large)]
    assert torch.equal(made[0].noise, made[1].noise) and torch.equal(made[0].log_f0, made[1].log_f0)
    made[1].noise.square().sum().backward()
    gradient = large.get_parameter("decoder.blocks.2.gain").grad
    assert gradient is not None and gradient.abs().sum() > 0


def test_other_codes_start_anew_between_what_was_learned() -> None:
    """With longer vectors, and more of them: what leads to the codes and from them is new, all else is kept."""
    torch.manual_seed(0)
    was = SpeechNet(TINY.model_copy(update={"codebook_size": 64, "latent_dim": 4}))
    was.quantizer.get_buffer("placed").fill_(1.0)
    now = grown(was, TINY)
    kept = {name for name, value in was.state_dict().items() if torch.equal(value, now.state_dict()[name])}
    new = set(was.state_dict()) - kept
    assert {name.split(".")[0] for name in new} == {"encoder", "decoder", "quantizer"}
    assert {name for name in new if not name.startswith("quantizer.")} == {
        f"{part}.{name}" for part in ("encoder.leave", "decoder.enter") for name in ("weight", "bias")
    }
    assert not now.quantizer.is_placed and now.config.codebook_size == 2048


@pytest.mark.parametrize("sizes", [{"decoder_blocks": 0}, {"width": 24}])
def test_what_does_not_fit_is_named(sizes: dict[str, int]) -> None:
    """Blocks cannot be taken away, nor widths changed."""
    with pytest.raises(ConfigError, match="start: has"):
        grown(SpeechNet(TINY), TINY.model_copy(update=sizes))
