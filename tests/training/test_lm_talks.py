import random
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeGuard

import pytest

from solami.body.gestures.catalogue import CAPTIONS
from solami.datasets.clauses import split_line
from solami.datasets.scripts import Script, load_scripts
from solami.llm.template import render_dialogue
from solami.llm.training_forms import WordsTurn
from solami.llm.turns import AgentTurn, Clause, Heard, SystemTurn, UserTurn
from solami.llm.vocabulary import Vocabulary
from solami.tokenizers.placement import PlacementTokenizer
from solami.training.lm_codes import CodeStore
from solami.training.lm_runs import train_stage
from solami.training.lm_talks import ABOUT_MOTION, TalkMaker
from solami.training.lm_turns import TurnMaker
from solami.training.lm_users import Drop, UserModes

Make = Callable[..., TalkMaker]
SCRIPTS = load_scripts()[:30]


@pytest.fixture(scope="module")
def make(acted_folder: Path, words: Vocabulary) -> Make:
    """A talk maker for a seed and shares of modalities."""
    store, stage = CodeStore(acted_folder), train_stage(None, takes=2)
    split = partial(split_line, count_tokens=lambda text: len(words.encode_text(text)))
    place = PlacementTokenizer().encode
    return lambda seed=0, **drop: TalkMaker(
        TurnMaker(words, store, stage, place, split, random.Random(seed)), Drop.model_validate(drop)
    )


def users(maker: TalkMaker, scripts: list[Script]) -> list[UserTurn]:
    talks = [maker.script(script, "You are Ada.") for script in scripts]
    return [turn for talk in talks for turn in talk or () if isinstance(turn, UserTurn)]


def test_every_mix_of_modalities_is_normal(make: Make, words: Vocabulary) -> None:
    """Users come typed, spoken, acted and both, agents with and without a body, and every talk can be rendered."""
    kinds: Counter[tuple[bool, bool]] = Counter()
    for seed in range(4):
        maker = make(seed, agent_body=0.5)
        talks = [talk for script in SCRIPTS if (talk := maker.script(script, "You are Ada."))]
        assert len(talks) > 10
        for talk in talks:
            assert isinstance(talk[0], SystemTurn) and len({t.body for t in talk if isinstance(t, AgentTurn)}) == 1
            render_dialogue(words, [turn for turn in talk if not isinstance(turn, WordsTurn)])
            kinds.update((turn.speech, turn.body) for turn in talk if isinstance(turn, UserTurn))
    assert min(kinds[speech, body] for speech in (True, False) for body in (True, False)) > 5


def test_shares_of_modes_hold(make: Make) -> None:
    """With every share on typed words, users type unless they said nothing or the talk is about their motion."""
    only = UserModes(typed=1.0, typed_body=0, speech=0, speech_body=0, body=0)
    chats = [script for script in SCRIPTS if script.kind not in ABOUT_MOTION]
    turns = users(make(user=only.model_dump()), chats)
    assert turns and all(not turn.speech and (not turn.body or not has_words(turn)) for turn in turns)
    asked = [script for script in load_scripts() if script.kind == "motion_understanding"][:10]
    assert all(turn.body for turn in users(make(user=only.model_dump()), asked) if "did" in str(turn.parts[:1]))


def has_words(turn: UserTurn) -> bool:
    return any(isinstance(part, Heard) for part in turn.parts)


def test_a_talk_may_begin_at_any_exchange(make: Make) -> None:
    """Whole talks have every exchange; sub-dialogues keep the persona and the end and leave out a beginning."""
    script = next(s for s in SCRIPTS if len(s.turns) >= 6 and make(sub_dialogue=0).script(s, "You are Ada."))
    whole = make(sub_dialogue=0).script(script, "You are Ada.")
    parts = [make(seed, sub_dialogue=1).script(script, "You are Ada.") for seed in range(12)]
    assert whole is not None and len(whole) == 1 + len(script.turns)
    assert len({len(part) for part in parts if part}) > 1
    for part in parts:
        assert part is not None and part[0] == SystemTurn("You are Ada.") and said(part[-1]) == said(whole[-1])


def said(turn: object) -> list[str]:
    assert isinstance(turn, AgentTurn)
    return [part.text for part in turn.parts if isinstance(part, Clause)]


def test_emotions_stand_in_headers_as_often_as_wanted(make: Make) -> None:
    """All headers name the script's emotion with a share of 1, none with a share of 0."""
    for share, wanted in ((0, {""}), (1, {turn.emotion for script in SCRIPTS for turn in script.turns})):
        talks = [make(emotion=share).script(script, "You are Ada.") for script in SCRIPTS]
        found = {turn.emotion for talk in talks for turn in talk or () if isinstance(turn, AgentTurn)}
        assert found and found <= wanted


def has_does(turn: object) -> TypeGuard[WordsTurn]:
    return isinstance(turn, WordsTurn) and turn.does != ""


def test_talk_in_words_has_either_header(make: Make) -> None:
    """Lines are typed and answered in words, under a bare header or that of voice and body."""
    script = next(s for s in SCRIPTS if make().lines(s, "You are Ada."))
    bare, full = (make(sub_dialogue=0).lines(script, "You are Ada.", in_full=full) for full in (False, True))
    assert bare is not None and full is not None and len(bare) == len(full) == 1 + len(script.turns)
    assert all(isinstance(turn, AgentTurn) and not turn.speech for turn in bare[2::2])
    assert all(isinstance(turn, WordsTurn) for turn in full[2::2])
    shown = {turn.does for script in SCRIPTS for turn in make().lines(script, "", in_full=True) or () if has_does(turn)}
    assert len(shown) > 5 and all(any(caption.startswith(does) for caption in CAPTIONS) for does in shown)
    assert make().chat(["", "Hello."]) is None and make().chat([]) is None
