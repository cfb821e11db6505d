"""The original package and transformers are the same codec."""

from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import EncodecConfig, EncodecModel

from solami.errors import ConfigError
from solami.tokenizers.codec_models import EncodecCodec
from solami.tokenizers.encodec_package import PackageEncodec, load_package_encodec, package_class, transformers_name


def test_one_state_dict_gives_one_codec() -> None:
    """On transformers' random weights both give the same codes and, to 1e-4, the same samples."""
    try:
        package_class()
    except ConfigError as error:
        pytest.skip(str(error))
    torch.manual_seed(0)
    net = EncodecModel(EncodecConfig())
    for layer in net.quantizer.layers:
        layer.codebook.embed.normal_()
    theirs, ours = PackageEncodec(net.state_dict(), 8), EncodecCodec(net, 8)
    samples = torch.from_numpy(0.3 * np.random.default_rng(0).standard_normal((1, 1, 9600))).float()
    with torch.inference_mode():
        codes = ours.encode(samples)
        assert torch.equal(theirs.encode(samples), codes)
        torch.testing.assert_close(theirs.decode(codes), ours.decode(codes), atol=1e-4, rtol=1e-3)


@pytest.mark.parametrize(
    ("package", "transformers"),
    [
        ("encoder.model.0.conv.conv.weight_g", "encoder.layers.0.conv.parametrizations.weight.original0"),
        ("encoder.model.1.block.1.conv.conv.bias", "encoder.layers.1.block.1.conv.bias"),
        ("encoder.model.13.lstm.weight_ih_l0", "encoder.layers.13.lstm.weight_ih_l0"),
        ("decoder.model.3.convtr.convtr.weight_v", "decoder.layers.3.conv.parametrizations.weight.original1"),
        ("quantizer.vq.layers.7._codebook.embed_avg", "quantizer.layers.7.codebook.embed_avg"),
    ],
)
def test_names_are_transformers(package: str, transformers: str) -> None:
    """Every kind of parameter is found under its name in transformers, which has it."""
    assert transformers_name(package) == transformers
    with torch.device("meta"):
        assert transformers in EncodecModel(EncodecConfig()).state_dict()


def test_no_weights_no_codec(tmp_path: Path) -> None:
    """A folder without safetensors is a ConfigError."""
    with pytest.raises(ConfigError, match="safetensors"):
        load_package_encodec(tmp_path)
