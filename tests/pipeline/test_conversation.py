"""A conversation over fakes: streams in, beats out, one clock, barge-in, and no end however long it goes on."""

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from solami.audio.resample import resample
from solami.body.procedural import wave
from solami.body.trackers import tracker_chunk
from solami.datasets.tts import EspeakSynthesizer
from solami.errors import CapacityError, InputError
from solami.frames import AudioChunk, MotionChunk, OutputChunk, Placement, ReplyDone, StageSpent, TextDelta
from solami.llm.drawing import draw
from solami.llm.parser import parse_agent
from solami.llm.scripted_engine import ScriptedEngine
from solami.llm.template import header_ids
from solami.llm.turns import Clause, Heard, Saw
from solami.llm.vocabulary import Vocabulary
from solami.personas import Persona
from solami.pipeline.conversation import Conversation
from solami.pipeline.models import Models
from solami.tokenizers.base import Voice
from solami.tokenizers.dummy_motion import DummyMotionTokenizer
from solami.tokenizers.dummy_speech import DummySpeechTokenizer
from solami.tokenizers.idle import IdleModel
from solami.tokenizers.modules.three_points_net import ThreePointsNetConfig
from solami.tokenizers.placement import PlacementTokenizer
from solami.tokenizers.three_points import ThreePointModel, ThreePointsConfig
from solami.training.text_tokenizer import train_text_tokenizer
from solami.training.three_points_data import joint_poses

PERSONA = Persona(name="ada", title="test", text="You are Ada.", voice="ada")
VOICE = Voice("ada", np.eye(8, dtype=np.float32)[0])
BEAT = 6400  # samples


def build(**engine: int) -> Models:
    """Fakes behind the real interfaces."""
    speech, motion, placement = DummySpeechTokenizer(), DummyMotionTokenizer(), PlacementTokenizer()
    text = train_text_tokenizer(["Hello there. I am a scripted character. some words moves"] * 3, size=300)
    vocabulary = Vocabulary(text, [speech.spec, motion.body_spec, motion.hands_spec, placement.spec])
    return Models(speech, motion, placement, vocabulary, ScriptedEngine(vocabulary, **engine))


MODELS = build(slots=200)
_LINE = EspeakSynthesizer("en-us").speak("Hello there, can you wave to me?").audio
SAMPLES = resample(_LINE.samples, _LINE.sample_rate, 16_000)[: 3 * BEAT + 100]
POSES = wave(1.5, seed=1)


def poses(start: int, stop: int) -> MotionChunk:
    """Part of the user's wave."""
    return MotionChunk(POSES.rotations[start:stop].copy(), POSES.translation[start:stop].copy())


def talk(conversation: Conversation, *, body: bool = True) -> None:
    """One whole turn of the user."""
    conversation.begin_turn(speech=True, body=body)
    conversation.push_audio(SAMPLES)
    if body:
        conversation.push_motion(POSES)
    conversation.end_turn()


def reply(conversation: Conversation, seed: int = 5, **options: float) -> list[OutputChunk]:
    """One whole reply."""
    return list(conversation.reply(seed=seed, **options))  # type: ignore[arg-type]


def ids_of(outputs: list[OutputChunk]) -> tuple[int, ...]:
    """The ids that ReplyDone reports."""
    assert isinstance(outputs[-1], ReplyDone)
    return outputs[-1].token_ids


def test_a_reply_is_one_turn_on_one_clock() -> None:
    """Audio is gapless, motion is stamped by beats and never behind it, and the counts add up."""
    conversation = Conversation(MODELS, PERSONA, VOICE)
    talk(conversation)
    outputs = reply(conversation)
    audio = [c for c in outputs if isinstance(c, AudioChunk)]
    motion = [c for c in outputs if isinstance(c, MotionChunk)]
    done = outputs[-1]
    assert isinstance(done, ReplyDone) and done.finish_reason == "completed"
    assert all(b.start_sample == a.start_sample + len(a.samples) for a, b in pairwise(audio))
    assert [c.start_sample for c in motion] == [BEAT * n for n in range(len(motion))]
    assert outputs.index(motion[0]) < outputs.index(audio[0])
    assert done.audio_samples == sum(len(c.samples) for c in audio) == BEAT * len(motion)
    assert done.motion_frames == sum(len(c.rotations) for c in motion) == 12 * len(motion)
    conversation.close()


def test_a_reply_parses_and_its_text_is_streamed() -> None:
    """The ids form a turn whose words, transcript and caption are the text deltas."""
    conversation = Conversation(MODELS, PERSONA, VOICE)
    talk(conversation)
    outputs = reply(conversation)
    header = header_ids(MODELS.vocabulary, "<agent>", speech=True, body=True)
    turn = parse_agent(MODELS.vocabulary, [*header, *ids_of(outputs)])
    texts = {
        kind: "".join(c.text for c in outputs if isinstance(c, TextDelta) and c.kind == kind)
        for kind in ("said", "heard", "saw", "does")
    }
    assert " ".join(part.text for part in turn.parts if isinstance(part, Clause)) == texts["said"]
    assert [part for part in turn.parts if not isinstance(part, Clause)] == [Heard(texts["heard"]), Saw(texts["saw"])]
    assert [part.does for part in turn.parts if isinstance(part, Clause)] == [texts["does"], "", ""]
    assert "".join(texts) and texts["said"].startswith("Hello there.")
    conversation.close()


def test_every_stage_is_reported_once() -> None:
    """The budget's stages come with times that are not negative."""
    conversation = Conversation(MODELS, PERSONA, VOICE)
    talk(conversation)
    stages = [c for c in reply(conversation) if isinstance(c, StageSpent)]
    assert sorted(s.stage for s in stages) == [
        "decode",
        "first_beat",
        "first_clause",
        "heard_saw",
        "prefill",
        "waiting",
    ]
    assert all(s.spent_ms >= 0 for s in stages)
    conversation.close()


def pushes(conversation: Conversation, cuts: list[int], order: list[bool]) -> tuple[int, ...]:
    """The same turn, cut and interleaved as told; the ids of its reply."""
    conversation.begin_turn(speech=True, body=True, placement=Placement(1.0, 0.1, 0.0))
    heard = seen = 0
    for cut, is_audio in zip(cuts, order, strict=False):
        if is_audio:
            conversation.push_audio(SAMPLES[heard : heard + cut * 160])
            heard += cut * 160
        else:
            conversation.push_motion(poses(seen, seen + cut))
            seen += cut
    conversation.push_audio(SAMPLES[heard:])
    conversation.push_motion(poses(seen, len(POSES.rotations)))
    conversation.end_turn()
    return ids_of(reply(conversation))


@given(st.lists(st.integers(0, 30), max_size=8), st.lists(st.booleans(), min_size=8, max_size=8))
@settings(max_examples=12, deadline=None)
def test_ids_do_not_depend_on_how_input_was_cut(cuts: list[int], order: list[bool]) -> None:
    """One seed and one input give one reply and one context, whatever the chunks and their order."""
    whole, cut = Conversation(MODELS, PERSONA, VOICE), Conversation(MODELS, PERSONA, VOICE)
    assert pushes(whole, [], []) == pushes(cut, cuts, order)
    assert whole._context.room == cut._context.room
    assert whole._context._pieces == cut._context._pieces and whole._context._old.turns == cut._context._old.turns
    whole.close()
    cut.close()


def test_another_seed_gives_another_reply() -> None:
    """The codes depend on the reply's seed, and the same seed on a new conversation repeats them."""
    drawn = []
    for seed in (1, 1, 2):
        conversation = Conversation(MODELS, PERSONA, VOICE, seed=len(drawn))
        talk(conversation)
        drawn.append(ids_of(reply(conversation, seed)))
        conversation.close()
    assert drawn[0] == drawn[1] != drawn[2]


def test_typed_text_is_answered_without_a_transcript() -> None:
    """Words that were typed are not heard again, and no body is not seen."""
    conversation = Conversation(MODELS, PERSONA, VOICE)
    conversation.begin_turn(speech=False, body=False)
    conversation.push_text("Hello there")
    conversation.end_turn()
    kinds = {c.kind for c in reply(conversation) if isinstance(c, TextDelta)}
    assert kinds == {"said", "does"}
    conversation.close()


def test_a_cancelled_reply_stops_at_once_and_keeps_what_was_heard() -> None:
    """After a cancel nothing but ReplyDone comes, and truncating keeps the beat that was being heard."""
    conversation = Conversation(MODELS, PERSONA, VOICE)
    talk(conversation)
    outputs: list[OutputChunk] = []
    is_enough = lambda: sum(isinstance(c, AudioChunk) for c in outputs) == 3  # noqa: E731
    outputs.extend(conversation.reply(seed=1, cancelled=is_enough))
    assert isinstance(outputs[-1], ReplyDone) and outputs[-1].finish_reason == "cancelled"
    assert outputs[-1].audio_samples == 3 * BEAT
    conversation.truncate(BEAT + 1)
    ids = [i for piece in conversation._context._pieces for i in piece]
    kept = parse_agent(MODELS.vocabulary, ids)
    assert isinstance(kept.parts[0], Clause) and len(kept.parts) == 1 and len(kept.parts[0].beats) == 2
    talk(conversation)
    assert reply(conversation)
    conversation.close()


@pytest.mark.parametrize(("heard", "beats"), [(0, None), (1, 1), (BEAT, 1), (BEAT + 1, 2), (10**9, 12)])
def test_truncating_a_whole_reply_cuts_at_the_beat_being_heard(heard: int, beats: int | None) -> None:
    """Nothing heard leaves no turn; everything heard leaves the turn as it is."""
    conversation = Conversation(MODELS, PERSONA, VOICE)
    talk(conversation)
    reply(conversation)
    conversation.truncate(heard)
    ids = [i for piece in conversation._context._pieces for i in piece]
    if beats is None:
        assert ids == []
    else:
        assert sum(len(p.beats) for p in parse_agent(MODELS.vocabulary, ids).parts if isinstance(p, Clause)) == beats
    with pytest.raises(InputError, match="no reply"):
        conversation.truncate(0)
    talk(conversation)
    assert reply(conversation)
    conversation.close()


def test_after_a_barge_in_the_body_goes_on_from_what_was_shown() -> None:
    """The next reply starts at the pose of the beat that was heard, not at the last one generated."""
    conversation = Conversation(MODELS, PERSONA, VOICE)
    talk(conversation)
    shown = [c for c in reply(conversation) if isinstance(c, MotionChunk)]
    before = conversation._reply.marks[2].body if conversation._reply else None
    conversation.truncate(2 * BEAT)
    assert conversation._body.now is before
    talk(conversation)
    first = next(c for c in reply(conversation, 9) if isinstance(c, MotionChunk))
    assert np.abs(first.rotations[0] - shown[1].rotations[-1]).max() < 0.2
    conversation.close()


def turned_rad(a: np.ndarray, b: np.ndarray) -> float:
    """The largest angle between two poses' joints."""
    dots = np.abs(np.sum(a.astype(np.float64) * b.astype(np.float64), axis=-1))
    return float(2 * np.arccos(np.clip(dots, 0, 1)).max())


@pytest.mark.parametrize("idles", [True, False])
@pytest.mark.parametrize("heard", [BEAT + 1, 2 * BEAT + 3000, 3 * BEAT - 500])
def test_a_barge_in_leaves_no_jump_in_the_body(heard: int, idles: bool) -> None:
    """From the pose that was being shown the body goes on, listening or replying, no faster than it moves anyway."""
    torch.manual_seed(0)
    models = replace(MODELS, idle=IdleModel.fresh(MODELS.motion, table_width=4, state_width=8))
    conversation = Conversation(models, PERSONA, VOICE)
    talk(conversation)
    shown = np.concatenate([c.rotations for c in reply(conversation) if isinstance(c, MotionChunk)])
    seen = shown[int(heard * 30 / 16000)]
    conversation.truncate(heard)
    if idles:
        poses = conversation.idle(listening=True, paused=False)
        assert poses is not None
        after = poses.rotations
    else:
        talk(conversation)
        after = next(c for c in reply(conversation, 9) if isinstance(c, MotionChunk)).rotations
    fastest = max(turned_rad(a, b) for a, b in pairwise(shown))
    assert turned_rad(seen, after[0]) <= max(fastest, 0.2)
    conversation.close()


def test_a_paused_turn_that_is_reopened_never_was() -> None:
    """Pausing, replying on trial and reopening leave the slot, and the next reply, as they would have been."""
    ids = []
    for pauses in (0, 2):
        conversation = Conversation(MODELS, PERSONA, VOICE)
        conversation.begin_turn(speech=True, body=True)
        conversation.push_audio(SAMPLES[: 2 * BEAT])
        conversation.push_motion(poses(0, 20))
        for _ in range(pauses):
            assert conversation.pause_turn() is None  # no unit tells
            trial = conversation.begin_reply(seed=3)
            trial.hold()
            while (wanted := trial.wanted()) is not None:
                (token_id,) = draw([wanted])
                assert trial.take(token_id) == []
            conversation.reopen_turn()
        conversation.push_audio(SAMPLES[2 * BEAT :])
        conversation.push_motion(poses(20, len(POSES.rotations)))
        conversation.end_turn()
        ids.append(ids_of(reply(conversation)))
        with pytest.raises(InputError, match="no turn was paused"):
            conversation.reopen_turn()
        conversation.close()
    assert ids[0] == ids[1]


def test_a_reply_that_waits_lets_the_body_idle_on() -> None:
    """Idling between the end of the turn and the reply's first motion: the reply goes on from where the body stands."""
    torch.manual_seed(0)
    models = replace(MODELS, idle=IdleModel.fresh(MODELS.motion, table_width=4, state_width=8))
    conversation = Conversation(models, PERSONA, VOICE)
    talk(conversation)
    trial = conversation.begin_reply(seed=3)
    trial.hold()
    while (wanted := trial.wanted()) is not None:
        trial.take(draw([wanted])[0])
    idled = [conversation.idle(listening=True, paused=True) for _ in range(3)][-1]
    first = next(c for c in trial.release() if isinstance(c, MotionChunk))
    assert idled is not None
    assert turned_rad(idled.rotations[-1], first.rotations[0]) < 0.3
    conversation.close()


def test_no_more_than_32_ids_stand_before_the_first_sound() -> None:
    """From the end of the user's turn to the first speech code, the ends and the header counted."""
    long = build(slots=1)
    long.engine._clauses = [long.vocabulary.encode_text("Hello there some words I am a scripted character " * 3)]  # type: ignore[attr-defined]
    conversation = Conversation(long, PERSONA, VOICE)
    talk(conversation)
    before = conversation._context._size - conversation._context.room  # with the user's <end> still to come
    done = ids_of(reply(conversation, max_seconds=2.0))
    header = 3
    first = next(n for n, i in enumerate(done) if i in long.vocabulary.span("speech"))
    assert 1 + header + first <= 32
    assert before > 0
    conversation.close()


def test_what_is_forgotten_is_told_by_turn() -> None:
    """In a small context old turns fade and go, oldest first, each told once; the words of the newest stay."""
    conversation = Conversation(build(slots=1, context_tokens=1400), PERSONA, VOICE)
    faded: list[int] = []
    gone: list[int] = []
    for turn in range(1, 13):
        talk(conversation)
        forgotten = conversation.take_forgotten()
        faded += forgotten.faded
        gone += forgotten.gone
        assert turn not in (*faded, *gone)
        reply(conversation, turn)
    assert faded[:2] == [1, 2]
    assert gone == sorted(set(gone))
    assert gone
    conversation.close()


def test_a_dropped_turn_never_was() -> None:
    """Dropping the user's open turn leaves the context as it stood, and the next reply with it."""
    plain, dropped = Conversation(MODELS, PERSONA, VOICE), Conversation(MODELS, PERSONA, VOICE)
    for conversation in (plain, dropped):
        talk(conversation)
        reply(conversation)
    dropped.begin_turn(speech=True, body=False)
    dropped.push_audio(SAMPLES)
    dropped.drop_turn()
    with pytest.raises(InputError, match="begin_turn first"):
        dropped.drop_turn()
    talk(plain)
    talk(dropped)
    assert plain._context.room == dropped._context.room
    assert ids_of(reply(plain)) == ids_of(reply(dropped))
    plain.close()
    dropped.close()


def _fail_while_listening(conversation: Conversation) -> int:
    conversation.begin_turn(speech=True, body=False)
    conversation.push_audio(SAMPLES)
    return 1


def _fail_on_trial(conversation: Conversation) -> int:
    conversation.begin_turn(speech=True, body=False)
    conversation.push_audio(SAMPLES)
    conversation.pause_turn()
    conversation.begin_reply(seed=3)
    return 1


def _fail_before_the_reply(conversation: Conversation) -> int:
    talk(conversation)
    return 2


def _fail_in_the_reply(conversation: Conversation) -> int:
    talk(conversation)
    chunks = conversation.reply(seed=1)
    next(c for c in chunks if isinstance(c, AudioChunk))
    return 2


@pytest.mark.parametrize(
    "fail", [_fail_while_listening, _fail_on_trial, _fail_before_the_reply, _fail_in_the_reply, lambda c: 1]
)
def test_a_revived_conversation_holds_what_was_answered(fail: Callable[[Conversation], int]) -> None:
    """In a fresh slot are the persona and the exchanges before the failure; the next reply is that of before it."""
    plain, failed = Conversation(MODELS, PERSONA, VOICE), Conversation(MODELS, PERSONA, VOICE)
    for conversation in (plain, failed):
        talk(conversation)
        reply(conversation)
    turns = fail(failed)
    failed.close()
    failed.revive(turns)
    for conversation in (plain, failed):
        talk(conversation)
    assert ids_of(reply(plain)) == ids_of(reply(failed))
    held = [MODELS.engine._states[c._context._slot].ids for c in (plain, failed)]  # type: ignore[attr-defined]
    assert held[0] == held[1]
    plain.close()
    failed.close()


def test_the_body_stands_where_it_stood_when_revived() -> None:
    """A failure does not bring the character back to where it began."""
    conversation = Conversation(MODELS, PERSONA, VOICE)
    talk(conversation)
    reply(conversation)
    body = conversation._body.now
    conversation.close()
    conversation.revive(1)
    assert conversation._body.now is body
    conversation.close()


def test_a_reply_that_nobody_finishes_is_closed_by_the_next_turn() -> None:
    """Leaving a reply early keeps its whole beats, and the session goes on."""
    conversation = Conversation(MODELS, PERSONA, VOICE)
    talk(conversation)
    chunks = conversation.reply(seed=1)
    next(c for c in chunks if isinstance(c, AudioChunk))
    next(chunks)
    del chunks
    talk(conversation)
    agent = parse_agent(MODELS.vocabulary, conversation._context._old.turns[-1].ids)
    assert [len(part.beats) for part in agent.parts if isinstance(part, Clause)] == [1]
    conversation.close()


def test_the_length_of_a_reply_can_be_forced() -> None:
    """At most and at least so many seconds, to the beat."""
    conversation = Conversation(MODELS, PERSONA, VOICE)
    talk(conversation)
    outputs = reply(conversation, max_seconds=2.0)
    assert isinstance(outputs[-1], ReplyDone)
    assert (outputs[-1].audio_samples, outputs[-1].finish_reason) == (5 * BEAT, "max_tokens")
    talk(conversation)
    outputs = reply(conversation, min_seconds=10.0, max_seconds=10.0)
    assert isinstance(outputs[-1], ReplyDone) and outputs[-1].audio_samples == 160_000
    conversation.close()


def test_the_body_goes_on_from_where_it_stands() -> None:
    """One motion decoder lives through the session: the next reply's first pose follows the last one's."""
    conversation = Conversation(MODELS, PERSONA, VOICE)
    replies = []
    for seed in (1, 2):
        talk(conversation)
        replies.append([c for c in reply(conversation, seed) if isinstance(c, MotionChunk)])
    step = np.abs(replies[1][0].rotations[0] - replies[0][-1].rotations[-1]).max()
    from_rest = np.abs(replies[1][0].rotations[0] - replies[0][0].rotations[0]).max()
    assert step < min(0.2, from_rest)  # a quarter of the arms' whole swing, the most in one pose
    conversation.close()


def test_a_session_outlives_its_context() -> None:
    """Turns go on for ever in a small context: the persona stays, old turns go, and nothing overflows."""
    models = build(slots=1, context_tokens=700)
    conversation = Conversation(models, PERSONA, VOICE)
    system = list(conversation._context._system)
    for turn in range(12):
        talk(conversation, body=turn % 2 == 0)
        outputs = reply(conversation, turn)
        assert isinstance(outputs[-1], ReplyDone) and outputs[-1].audio_samples > 0
    assert conversation._context._system == system and conversation._context.room >= 0
    assert conversation._context._old.size < 700
    conversation.begin_turn(speech=True, body=False)
    for _ in range(40):
        conversation.push_audio(SAMPLES[: 2 * BEAT])
    conversation.end_turn()
    assert reply(conversation)
    with pytest.raises(CapacityError):
        Conversation(models, PERSONA, VOICE)
    conversation.close()
    Conversation(models, PERSONA, VOICE).close()


@pytest.mark.parametrize(
    ("misuse", "message"),
    [
        (lambda c: c.push_audio(SAMPLES), "begin_turn first"),
        (lambda c: reply(c), "no ended turn"),
        (lambda c: c.truncate(0), "no reply"),
        (lambda c: (c.begin_turn(speech=True, body=False), c.begin_turn(speech=True, body=False)), "is open"),
        (lambda c: (c.begin_turn(speech=False, body=True), c.push_audio(SAMPLES)), "without speech"),
        (lambda c: (c.begin_turn(speech=True, body=False), c.push_motion(POSES)), "without a body"),
        (lambda c: (c.begin_turn(speech=False, body=False), c.push_text("  ")), "no words"),
    ],
)
def test_calls_out_of_order_are_refused(misuse: Callable[[Conversation], object], message: str) -> None:
    """Each misuse is an error that says what is wrong."""
    conversation = Conversation(MODELS, PERSONA, VOICE)
    with pytest.raises(InputError, match=message):
        misuse(conversation)
    conversation.close()


def test_the_body_idles_from_where_a_reply_left_it() -> None:
    """Between replies every beat has poses; what was idled since a reply cannot be taken back by its truncation."""
    torch.manual_seed(0)
    idle = IdleModel.fresh(MODELS.motion, table_width=4, state_width=8)
    conversation = Conversation(replace(MODELS, idle=idle), PERSONA, VOICE)
    still = Conversation(MODELS, PERSONA, VOICE)
    assert still.idle(listening=False, paused=False) is None
    talk(conversation)
    reply(conversation)
    beat = conversation.idle(listening=True, paused=True)
    assert beat is not None
    assert len(beat.rotations) == 12
    body = conversation._body.now
    conversation.truncate(BEAT)
    assert conversation._body.now is body
    for each in (conversation, still):
        each.close()


def test_headset_and_controllers_make_the_users_body() -> None:
    """Solved poses can be pushed as the user's; a model without a solver gives none."""
    torch.manual_seed(0)
    places, turns = joint_poses(POSES)
    seen = np.ones((len(places), 3), np.bool_)
    trackers = tracker_chunk(places, turns, np.arange(len(places)) / 30, seen)
    net = ThreePointsConfig(net=ThreePointsNetConfig(read_width=8, state_width=8))
    conversation = Conversation(replace(MODELS, three_points=ThreePointModel.fresh(net)), PERSONA, VOICE)
    plain = Conversation(MODELS, PERSONA, VOICE)
    assert plain.solve(trackers) is None
    conversation.begin_turn(speech=False, body=True)
    solved = conversation.solve(trackers)
    assert solved is not None
    assert len(solved.rotations) == len(places)
    conversation.push_motion(solved)
    conversation.end_turn()
    assert ids_of(reply(conversation))
    for each in (conversation, plain):
        each.close()


def test_a_personas_adapter_is_the_slots(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A session of a character with a LoRA opens its slot with it, and one of another character without."""
    models = build(slots=4)
    opened: list[object] = []
    open_slot = models.engine.open
    monkeypatch.setattr(models.engine, "load_adapter", lambda folder: {tmp_path: 7}[folder])
    monkeypatch.setattr(models.engine, "open", lambda seed, adapter=None: opened.append(adapter) or open_slot(seed))
    for adapter in (tmp_path, None):
        Conversation(models, PERSONA.model_copy(update={"adapter": adapter}), VOICE).close()
    assert opened == [7, None]
