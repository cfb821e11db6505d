"""Replies that fit, and temperatures."""

from hypothesis import given, settings
from hypothesis import strategies as st

from solami.llm.template import MAX_CAPTION_TOKENS
from solami.llm.turns import BeatShape
from solami.llm.vocabulary import Vocabulary
from solami.pipeline.reply_limits import limits_for
from solami.tokenizers.dummy_motion import DummyMotionTokenizer
from solami.tokenizers.dummy_speech import DummySpeechTokenizer
from solami.tokenizers.placement import PlacementTokenizer
from solami.training.text_tokenizer import train_text_tokenizer

SPECS = [DummySpeechTokenizer().spec, DummyMotionTokenizer().body_spec, DummyMotionTokenizer().hands_spec]
VOCABULARY = Vocabulary(train_text_tokenizer(["Hello there."] * 3, size=300), [*SPECS, PlacementTokenizer().spec])


@given(st.integers(200, 4000), st.floats(0.4, 60))
@settings(max_examples=50, deadline=None)
def test_the_longest_reply_fits(room: int, seconds: float) -> None:
    """However its beats are spread over clauses, with both captions and the end, it takes no more than the room."""
    limits = limits_for(VOCABULARY, room, seconds, 0.0, hears=True)
    beat = BeatShape.of(VOCABULARY).ids(speech=True, body=True)
    clauses = min(limits.clauses, limits.max_beats)
    longest = clauses * (1 + limits.clause_tokens + 3) + limits.max_beats * beat + 2 * (1 + MAX_CAPTION_TOKENS) + 1
    assert longest <= room or limits.max_beats == 1
    assert limits.max_beats <= max(1, seconds / 0.4)


def test_at_least_and_at_most_go_together() -> None:
    """A reply that must be long may not be asked for more than it may have."""
    limits = limits_for(VOCABULARY, 4000, 2.0, 10.0, hears=False)
    assert limits.min_beats == limits.max_beats == 5
    assert not limits.owes_heard
