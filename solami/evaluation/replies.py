"""What the model answers to fixed typed prompts: are its words audible, does its body move, on the same clock.

Runs on any backend; knows nothing of what is behind it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from solami.audio.level import level_db
from solami.audio.resample import resample
from solami.body.measures import body_positions
from solami.body.pack import read_index
from solami.evaluation.measures import Listener, Measure, measure, pooled_mean
from solami.evaluation.recognition import SAMPLE_RATE, error_rate, pool_errors, word_errors
from solami.frames import AudioChunk, MotionChunk, Placement, ReplyDone, TextDelta
from solami.stream_server.backend import Backend, Conversation

PROMPTS = (
    "Hello, can you wave to me?", "What is your name?", "How are you today?", "Can you dance for me?",
    "Please bow.", "Nod your head, please.", "What do you like to do?", "Are you happy?", "Can you jump?",
    "Tell me about the weather.", "Shake my hand.", "Where is the window?", "I am sad today.", "Clap your hands.",
    "Can you point to the left?", "Thank you very much.", "Do you have a dog?", "Turn around, please.",
    "What can you do?", "Goodbye, see you tomorrow.",
)  # fmt: skip
PERSONAS = ("ada", "tom")
SPLIT, SOURCE = "prompts", "typed"


@dataclass(frozen=True, slots=True, eq=False)
class Reply:
    """One answer, put together."""

    said: str
    audio: AudioChunk
    motion: MotionChunk | None
    token_ids: tuple[int, ...]
    heard: str = ""
    saw: str = ""
    does: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Turn:
    """What a user does in one turn: typed words, or speech and motion."""

    persona: str
    text: str | None = None
    audio: AudioChunk | None = None  # at the backend's rate
    motion: MotionChunk | None = None
    placement: Placement | None = None


def collect_replies(backend: Backend, prompts: Sequence[str], personas: Sequence[str], seed: int) -> Iterator[Reply]:
    """One fresh conversation for each prompt, the personas in turn."""
    for number, prompt in enumerate(prompts):
        yield answer(backend, Turn(personas[number % len(personas)], text=prompt), seed)


def answer(backend: Backend, turn: Turn, seed: int, max_seconds: float = 20.0) -> Reply:
    """What a fresh conversation replies to one turn."""
    return converse(backend, [turn], seed, max_seconds)[0]


def converse(backend: Backend, turns: Sequence[Turn], seed: int, max_seconds: float = 20.0) -> list[Reply]:
    """What one conversation, with the first turn's persona, replies to several turns, one after the other."""
    conversation = backend.open(turns[0].persona, seed)
    try:
        replies = []
        for turn in turns:
            _show(conversation, turn)
            replies.append(_gather(list(conversation.reply(seed=seed, max_seconds=max_seconds)), backend))
        return replies
    finally:
        conversation.close()


def reply_measures(replies: Sequence[Reply], listener: Listener, pack: Path | None = None) -> list[Measure]:
    """Word error of what is heard against `said`, level, clipping, length and movement."""
    heard = [listener.words(resample(r.audio.samples, r.audio.sample_rate, SAMPLE_RATE)) for r in replies]
    own = [word_errors(r.said, text) for r, text in zip(replies, heard, strict=True)]
    shifted = [*heard[1:], *heard[:1]]  # every line against the sound of another: what chance agreement gives
    other = pool_errors([word_errors(r.said, text) for r, text in zip(replies, shifted, strict=True)]).rate
    rows = [
        measure("word_error", own, error_rate, split=SPLIT, source=SOURCE, baseline=other),
        _mean("level_db", [level_db(r.audio.samples) for r in replies], None),
        _mean("clipped_share", [float(np.mean(np.abs(r.audio.samples) >= 0.999)) for r in replies], None),
        _mean("distinct_said_share", [len({r.said for r in replies}) / len(replies)], None),
    ]
    moving = [(r.audio, r.motion) for r in replies if r.motion is not None]
    if moving:
        rows += _motion_rows(moving, pack)
    return rows


def joint_speed_m_s(motion: MotionChunk) -> float:
    """Median over poses of the mean speed of the 22 body joints against the pelvis."""
    positions = body_positions(motion)
    relative = positions - positions[:, :1]
    speeds = np.linalg.norm(np.diff(relative, axis=0), axis=-1).mean(axis=-1) * motion.fps
    return float(np.median(speeds)) if len(speeds) else 0.0


def lowest_point_m(motion: MotionChunk) -> float:
    """Height of the lowest body joint, median over poses; about 0.02 where feet stand on the floor."""
    return float(np.median(body_positions(motion)[..., 1].min(axis=1)))


def _motion_rows(moving: Sequence[tuple[AudioChunk, MotionChunk]], pack: Path | None) -> list[Measure]:
    real = None
    if pack is not None:
        clips = [clip for clip in read_index(pack / "motion") if clip.split == "test"]
        real = float(np.median([joint_speed_m_s(clip.read()) for clip in clips]))
    lag = [abs(len(a.samples) / a.sample_rate - len(m.rotations) / m.fps) for a, m in moving]
    return [
        _median("joint_speed_m_s", [joint_speed_m_s(m) for _, m in moving], real),
        _mean("lowest_point_m", [lowest_point_m(m) for _, m in moving], None),
        _mean("length_difference_s", lag, None),
    ]


def _show(conversation: Conversation, turn: Turn) -> None:
    conversation.begin_turn(speech=turn.audio is not None, body=turn.motion is not None, placement=turn.placement)
    if turn.text is not None:
        conversation.push_text(turn.text)
    if turn.audio is not None:
        conversation.push_audio(turn.audio.samples)
    if turn.motion is not None:
        conversation.push_motion(turn.motion)
    conversation.end_turn()


def _gather(outputs: Sequence[object], backend: Backend) -> Reply:
    said, heard, saw, does = (
        "".join(o.text for o in outputs if isinstance(o, TextDelta) and o.kind == kind).strip()
        for kind in ("said", "heard", "saw", "does")
    )
    audio = [o.samples for o in outputs if isinstance(o, AudioChunk)]
    poses = [o for o in outputs if isinstance(o, MotionChunk)]
    done = next(o for o in outputs if isinstance(o, ReplyDone))
    samples = np.concatenate(audio) if audio else np.zeros(0, np.float32)
    motion = None
    if poses:
        rotations = np.concatenate([o.rotations for o in poses])
        motion = MotionChunk(rotations, np.concatenate([o.translation for o in poses]), backend.fps)
    return Reply(said, AudioChunk(samples, backend.sample_rate), motion, done.token_ids, heard, saw, does)


def _mean(name: str, values: Sequence[float], baseline: float | None) -> Measure:
    parts = [(value, 1) for value in values]
    return measure(name, parts, pooled_mean, split=SPLIT, source=SOURCE, baseline=baseline)


def _median(name: str, values: Sequence[float], baseline: float | None) -> Measure:
    return measure(name, values, lambda part: float(np.median(part)), split=SPLIT, source=SOURCE, baseline=baseline)
