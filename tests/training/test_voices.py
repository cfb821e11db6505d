import numpy as np
import pytest

from solami.config import config_names, find_config, load_config
from solami.datasets.flite import flite_exists
from solami.tokenizers.dummy_speech import DummySpeechTokenizer
from solami.training.voices import VoicesConfig, make_voice, reference_speech


def test_every_persona_has_a_recipe_of_its_own() -> None:
    """The shipped configuration makes a voice for each persona, no two alike."""
    recipes = load_config(VoicesConfig, find_config("train", "voices")).voices
    assert set(recipes) == set(config_names("personas"))
    assert len({recipe.model_dump_json() for recipe in recipes.values()}) == len(recipes)


@pytest.mark.skipif(not flite_exists(), reason="flite's libraries are not installed; only making new voices needs them")
def test_a_warp_changes_length_and_voice() -> None:
    """Reference speech played faster is shorter, and its embedding is another one of unit length."""
    recipes = load_config(VoicesConfig, find_config("train", "voices")).voices
    plain, warped = recipes["tom"], recipes["brandt"]
    assert len(reference_speech(warped)) > len(reference_speech(plain))
    voices = [make_voice(name, recipe, DummySpeechTokenizer()) for name, recipe in (("a", plain), ("b", warped))]
    assert all(voice.licence and np.linalg.norm(voice.embedding) == pytest.approx(1, abs=1e-5) for voice in voices)
    assert not np.allclose(voices[0].embedding, voices[1].embedding)
