import random
from functools import partial
from pathlib import Path

import numpy as np

from solami.datasets.clauses import split_line
from solami.datasets.staging import Staged
from solami.llm.template import FIRST_TEXT_TOKENS, MAX_DOES_TOKENS
from solami.llm.turns import Clause, Heard
from solami.llm.vocabulary import Vocabulary
from solami.tokenizers.placement import PlacementTokenizer
from solami.training.lm_codes import THREE_POINTS, CodeStore
from solami.training.lm_runs import train_stage
from solami.training.lm_turns import TurnMaker, beats_of


def maker(folder: Path, words: Vocabulary, *, has_stage: bool = True) -> TurnMaker:
    stage = train_stage(None, takes=2) if has_stage else None
    split = partial(split_line, count_tokens=lambda text: len(words.encode_text(text)))
    return TurnMaker(words, CodeStore(folder), stage, PlacementTokenizer().encode, split, random.Random(0))


def test_motion_runs_on_under_the_clauses(acted_folder: Path, words: Vocabulary, script_lines: list[str]) -> None:
    """The agent's beats hold one run of motion from its start, and what was noticed follows the first clause."""
    turns = maker(acted_folder, words)
    line = next(line for line in script_lines if line.count(",") > 1 and turns.clauses(line))
    clauses = turns.clauses(line)
    assert clauses is not None
    staged = turns.choose("claps", clauses)
    assert staged is not None
    agent = turns.agent(clauses, staged, turns.scene(), [Heard("Hi")])
    beats = [beat for part in agent.parts if isinstance(part, Clause) for beat in part.beats]
    body = np.concatenate([beat.body for beat in beats if beat.body is not None], axis=1)
    run = turns.codes.motion[staged.key].body
    shared = min(body.shape[1], run.shape[1])
    np.testing.assert_array_equal(body[:, :shared], run[:, :shared])
    assert [part.does for part in agent.parts if isinstance(part, Clause)] == ["claps", *[""] * (len(clauses) - 1)]
    assert agent.parts[1] == Heard("Hi") and all(beat.speech is not None for beat in beats)
    assert all(part.placement is not None for part in agent.parts if isinstance(part, Clause))


def test_a_caption_is_cut_to_what_fits_behind_the_first_clause(acted_folder: Path, words: Vocabulary) -> None:
    """Words and caption share sixteen tokens with the mark, a caption has at most eight, and at least one word."""
    turns = maker(acted_folder, words)
    caption = "claps " * 20
    for line in ("Hello", "a a a a a a a a a a", "a " * 14):
        does = turns.does(Staged("", caption, 1.0), line)
        room = min(MAX_DOES_TOKENS, FIRST_TEXT_TOKENS - 1 - turns.tokens(line))
        longer = " ".join(caption.split()[: len(does.split()) + 1])
        assert caption.startswith(does) and (turns.tokens(does) <= room or does == "claps")
        assert turns.tokens(longer) > room
    assert turns.does(Staged("", "", 0.0), "Hello") == "talks with both hands"


def test_a_caption_is_not_cut_behind_a_word_that_opens_a_phrase(acted_folder: Path, words: Vocabulary) -> None:
    """What is cut ends with a word that says something; a caption that fits stays as it is."""
    turns = maker(acted_folder, words)
    whole = turns.does(Staged("", "claps with a", 1.0), "Hello")
    assert whole == "claps with a"
    does = turns.does(Staged("", "claps with the of the with the of the with the of the", 1.0), "Hello")
    assert does == "claps"


def test_a_run_from_trackers_is_used_where_there_is_one(acted_folder: Path, words: Vocabulary) -> None:
    """A run that was encoded from three points is exchanged for it, another one stays."""
    turns = maker(acted_folder, words)
    assert turns.from_trackers(Staged("idle:0", "", 0.0)).key == f"{THREE_POINTS}idle:0"
    assert turns.from_trackers(Staged("talk:0", "", 0.0)).key == "talk:0"
    assert beats_of(Staged("talk:0", "", 2.0)) == 5


def test_nobody_has_a_body_without_a_stage(codes_folder: Path, words: Vocabulary) -> None:
    """Without motion there is no run to choose, and silence fills beats up to the wanted count."""
    turns = maker(codes_folder, words, has_stage=False)
    assert turns.choose("claps", None) is None
    beats = turns.beats(turns.codes.speech["human", "a-1"], None, 4)
    assert len(beats) == 4 and all(beat.body is None and beat.speech is not None for beat in beats)
    assert turns.tokens("") == 0 and turns.tokens("Hello") > 0
