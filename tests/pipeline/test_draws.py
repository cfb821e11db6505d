"""How ids are drawn; which id is of which kind is tested with replies in test_reply."""

from solami.personas import DrawConfig, SamplingConfig
from solami.pipeline.draws import draws_of


def test_each_kind_has_its_temperature() -> None:
    """Words, speech, motion and what the body does are drawn as the persona says."""
    kinds = {
        name: DrawConfig(temperature=t) for name, t in (("text", 0.1), ("speech", 0.2), ("motion", 0.3), ("does", 0.4))
    }
    draws = draws_of(SamplingConfig(**kinds))
    drawn = (draws.text, draws.speech, draws.motion, draws.does)
    assert [sampling.temperature for sampling in drawn] == [0.1, 0.2, 0.3, 0.4]
