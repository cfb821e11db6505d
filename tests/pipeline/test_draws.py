"""How ids are drawn; which id is of which kind is tested with replies in test_reply."""

from solami.personas import DrawConfig, SamplingConfig
from solami.pipeline.draws import draws_of


def test_each_kind_has_its_temperature() -> None:
    """Words, speech and motion are drawn as the persona says."""
    kinds = {name: DrawConfig(temperature=t) for name, t in (("text", 0.1), ("speech", 0.2), ("motion", 0.3))}
    draws = draws_of(SamplingConfig(**kinds))
    assert (draws.text.temperature, draws.speech.temperature, draws.motion.temperature) == (0.1, 0.2, 0.3)
