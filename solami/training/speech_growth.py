"""A speech network with more blocks, or other codes, than the one it goes on from."""

from __future__ import annotations

import torch

from solami.errors import ConfigError
from solami.tokenizers.modules.speech_net import SpeechNet, SpeechNetConfig

AROUND_CODES = ("encoder.leave.", "quantizer.", "decoder.enter.")


def grown(net: SpeechNet, config: SpeechNetConfig) -> SpeechNet:
    """The network at the sizes of `config`; blocks that it lacks are there and do nothing until they learn.

    Where `config` has other codes, what leads to them and from them starts anew.

    Raises:
        ConfigError: `config` is not the network's own with more blocks or other codes.
    """
    larger = SpeechNet(config)
    kept = net.state_dict()
    if (config.codebook_size, config.latent_dim) != (net.config.codebook_size, net.config.latent_dim):
        kept = {name: value for name, value in kept.items() if not name.startswith(AROUND_CODES)}
    try:
        missing, unexpected = larger.load_state_dict(kept, strict=False)
    except RuntimeError as error:
        raise ConfigError(f"start: has sizes {net.config}, expected {config}; only blocks can be added") from error
    if unexpected:
        raise ConfigError(f"start: has {unexpected[0]}, which {config} lacks; blocks can be added, not taken away")
    for name in missing:
        if name.endswith(".gain"):
            torch.nn.init.zeros_(larger.get_parameter(name))
    return larger
