"""Which lines the store of synthesised speech holds, and who speaks them.

Agent lines are cut into clauses and spoken by one voice: codes carry words, the decoder's speaker embedding gives each
persona its sound. User lines are spoken whole by many voices.
"""

from __future__ import annotations

import logging
import random
import re
from collections.abc import Callable, Iterator, Set
from functools import cache, partial
from itertools import pairwise
from pathlib import Path

from solami.body.gestures.catalogue import CAPTIONS
from solami.datasets.clauses import split_line
from solami.datasets.dialogues import read_dialogues
from solami.datasets.flite import flite_exists
from solami.datasets.progress import progress
from solami.datasets.requests import ANSWERS, COPYING, NAMED_COPYING, SPOKEN_TEMPLATES, naming, requests
from solami.datasets.scripts import gather_scripts
from solami.datasets.spoken import Role, SpokenStore, trimmed
from solami.datasets.tts import EspeakSynthesizer, FliteSynthesizer, Synthesizer
from solami.errors import InputError
from solami.frames import FloatArray
from solami.strict import Strict
from solami.workers import worker_pool

log = logging.getLogger(__name__)
Line = tuple[Role, str]
SpokenText = tuple[Role, str, str, FloatArray]  # who, what, in whose voice, how it sounds
SHARD_LINES = 256
PLAIN = re.compile(r"[A-Za-z][A-Za-z' ,.?!]*")
FLITE_PITCHES_HZ = {"rms": (85, 125), "awb": (95, 150), "slt": (150, 220), "kal16": (90, 135)}
ESPEAK_VARIANTS = (*(f"f{i}" for i in range(1, 6)), *(f"m{i}" for i in range(1, 9)), "Annie", "max", "klatt4")
ESPEAK_ACCENTS = ("en-us", "en-us", "en-gb-x-rp", "en-gb-scotland")


class SpokenConfig(Strict):
    """What the store is to hold."""

    out: Path = Path("data/lines")
    pack: Path | None = None  # data pack; its dialogues are left out without `dialogue_turns`
    dialogue_turns: int = 0  # turns of the pack's train dialogues, besides all lines of the scripts
    user_dialogue_turns: int = 0  # the same for user voices
    scripts: tuple[Path, ...] = ()  # folders of more scripts than the shipped ones
    request_templates: int = 4  # in which every canonical caption is asked for by a user's voice; 0: in none, nor shown
    max_scripts: int | None = None  # for toy runs
    workers: int = 1
    seed: int = 0


def build_spoken(config: SpokenConfig, count_tokens: Callable[[str], int]) -> SpokenStore:
    """Synthesise what is missing, shard by shard; can be stopped and run again. Skips lines no voice can speak.

    Lines and voices are the same however many workers speak; samples are not, for the synthesisers' noise goes on
    from line to line.
    """
    store = SpokenStore(config.out)
    missing = [line for line in dict.fromkeys(wanted_lines(config, count_tokens)) if line not in store]
    batches = [missing[i : i + SHARD_LINES] for i in range(0, len(missing), SHARD_LINES)]
    for spoken in progress(_spoken(config, batches), "speaking lines", len(batches)):
        if spoken:
            store.add(spoken)
        log.info("%d lines spoken", len(store))
    return store


def _spoken(config: SpokenConfig, batches: list[list[Line]]) -> Iterator[list[SpokenText]]:
    """The lines of every batch, in order."""
    speak = partial(_speak_batch, seed=config.seed)
    if config.workers <= 1 or len(batches) < 2:
        yield from map(speak, batches)
        return
    with worker_pool(config.workers) as pool:
        yield from pool.map(speak, batches)


def _speak_batch(batch: list[Line], seed: int) -> list[SpokenText]:
    spoken = []
    for role, text in batch:
        try:
            spoken.append(_speak(role, text, seed))
        except InputError as error:
            log.warning("left out: %s", error)
    return spoken


def wanted_lines(config: SpokenConfig, count_tokens: Callable[[str], int]) -> Iterator[tuple[Role, str]]:
    """Agent clauses of the scripts, then user lines and dialogue clauses side by side; some come more than once."""
    scripts = gather_scripts(config.scripts)
    random.Random(config.seed).shuffle(scripts)
    scripts = scripts[: config.max_scripts]
    turns = dialogue_turns(config.pack, config.seed) if config.pack is not None else []
    for script in scripts:
        for turn in script.turns:
            if turn.role == "agent":
                yield from (("agent", clause) for clause in split_line(turn.speech, count_tokens))
    last = config.dialogue_turns + config.user_dialogue_turns
    users = [turn.speech for script in scripts for turn in script.turns if turn.role == "user" and turn.speech.strip()]
    spoken = turns[: config.dialogue_turns]
    if config.user_dialogue_turns and config.pack is not None:
        asked = prompts(config.pack, set(spoken), config.seed)[: config.user_dialogue_turns // 2]
        users += [*asked, *turns[config.dialogue_turns : last - len(asked)]]
    if config.request_templates:
        users += requests(CAPTIONS, SPOKEN_TEMPLATES[: config.request_templates])
        users += [*COPYING, *(line for caption in CAPTIONS for line in naming(caption, NAMED_COPYING))]
    answers = [*ANSWERS, *(line for caption in CAPTIONS for line in naming(caption))]
    yield from (("agent", clause) for line in answers for clause in split_line(line, count_tokens))
    for step in range(max(len(users), -(-len(spoken) // 2))):
        yield from (("user", text) for text in users[step : step + 1])
        for text in spoken[2 * step : 2 * step + 2]:
            yield from (("agent", clause) for clause in split_line(text, count_tokens))


def dialogue_turns(pack: Path, seed: int) -> list[str]:
    """Distinct turns of train dialogues with 3 to 14 words of plain letters, in an order fixed by the seed."""
    turns = {
        " ".join(turn.split())
        for dialogue in read_dialogues(pack)
        if dialogue.split == "train"
        for turn in dialogue.turns
        if 3 <= len(turn.split()) <= 14 and PLAIN.fullmatch(turn)
    }
    ordered = sorted(turns)
    random.Random(seed).shuffle(ordered)
    return ordered


def prompts(pack: Path, answers: Set[str], seed: int) -> list[str]:
    """Distinct turns of at most 14 plain words that one of `answers` follows, so that speech is answered in speech."""
    asked = {
        " ".join(before.split())
        for dialogue in read_dialogues(pack)
        if dialogue.split == "train"
        for before, turn in pairwise(dialogue.turns)
        if " ".join(turn.split()) in answers and len(before.split()) <= 14 and PLAIN.fullmatch(before)
    }
    ordered = sorted(asked)
    random.Random(seed).shuffle(ordered)
    return ordered


def agent_synthesizer() -> Synthesizer:
    """The one voice of agent clauses: flite's clearest, or espeak-ng where flite is missing."""
    return FliteSynthesizer("rms") if flite_exists() else EspeakSynthesizer("en-us", words_a_minute=150)


def user_synthesizer(rng: random.Random) -> Synthesizer:
    """A random user's voice: six of ten by flite where it is installed, else espeak-ng."""
    return flite_user(rng) if flite_exists() and rng.random() < 0.6 else espeak_user(rng)


def flite_user(rng: random.Random) -> Synthesizer:
    """A random user's voice by flite."""
    voice = rng.choice(sorted(FLITE_PITCHES_HZ))
    low, high = FLITE_PITCHES_HZ[voice]
    return _flite(voice, rng.choice((0.9, 0.95, 1.0, 1.05, 1.1, 1.15)), rng.randrange(low, high + 1, 5))


def espeak_user(rng: random.Random) -> Synthesizer:
    """A random user's voice by espeak-ng."""
    name = f"{rng.choice(ESPEAK_ACCENTS)}+{rng.choice(ESPEAK_VARIANTS)}"
    return _espeak(name, rng.randrange(130, 186, 10), rng.randrange(25, 76, 10), rng.randrange(35, 71, 5))


_flite = cache(lambda voice, stretch, pitch: FliteSynthesizer(voice, stretch=stretch, pitch_hz=pitch))
_espeak = cache(
    lambda name, speed, pitch, spread: EspeakSynthesizer(name, words_a_minute=speed, pitch=pitch, pitch_range=spread)
)
_agent = cache(agent_synthesizer)


def _speak(role: Role, text: str, seed: int) -> SpokenText:
    if role == "agent":
        return role, text, _agent().name, trimmed(_agent().speak(text))
    voice = user_synthesizer(random.Random(f"{seed} {text}"))
    return role, text, voice.name, trimmed(voice.speak(text), lead_s=0.1, tail_s=0.15)
