"""New scripts from a chat model: a persona, a topic, a kind -> a talk in the form of the shipped ones, or a refusal.

What comes back is checked by the same rules as every script; a faulty talk is asked for again with the fault named.
"""

from __future__ import annotations

import hashlib
import json
import logging
import random
import re
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from solami.body.gestures.catalogue import CAPTIONS
from solami.datasets.chat_model import ChatModel, Message
from solami.datasets.progress import progress
from solami.datasets.scripts import WORDS_PER_S, Script, ScriptTurn, script_from_row
from solami.datasets.validation import Fault, validate
from solami.errors import InputError

log = logging.getLogger(__name__)
TOPICS = Path(__file__).parent / "topics.txt"
EMOTIONS = "neutral, happy, excited, curious, sad, angry, afraid, surprised, proud, shy, tired, playful"
ATTEMPTS = 3
LOOSE = 1.3  # a gesture may last so much longer than its line and the second after it before the line is rewritten
Seconds = Callable[[ScriptTurn], float | None]


@dataclass(frozen=True, slots=True)
class Wanted:
    """One talk to be written."""

    persona: str
    text: str  # of the persona
    kind: str
    topic: str
    seed: int

    @property
    def id(self) -> str:
        """Fixed by what is wanted, so that a second run writes the same ids."""
        told = f"{self.kind} {self.topic} {self.seed}"
        return f"{self.persona}-w{hashlib.sha256(told.encode()).hexdigest()[:8]}"


def read_topics(path: Path = TOPICS) -> list[tuple[str, str]]:
    """(kind, topic) of every line. Raises InputError for a line without a tab."""
    topics = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        kind, tab, topic = line.partition("\t")
        if not tab:
            raise InputError(f"{path}, line {number}: got no tab, expected a kind, a tab and a topic")
        topics.append((kind.strip(), topic.strip()))
    return topics


def plan(personas: Mapping[str, str], topics: Sequence[tuple[str, str]], count: int, seed: int) -> list[Wanted]:
    """So many talks: topics in an order of the seed's, personas by turns."""
    rng, names = random.Random(seed), sorted(personas)
    order = [pair for _ in range(-(-count // max(1, len(topics)))) for pair in rng.sample(list(topics), len(topics))]
    return [
        Wanted(names[i % len(names)], personas[names[i % len(names)]], kind, topic, seed + i)
        for i, (kind, topic) in enumerate(order[:count])
    ]


def write_scripts(
    model: ChatModel, wanted: Sequence[Wanted], gesture_seconds: Seconds, workers: int
) -> tuple[list[Script], list[Fault]]:
    """The talks that came out right, in order, and what was wrong with the others after three attempts."""
    with ThreadPoolExecutor(workers) as pool:
        found = pool.map(lambda one: _write(model, one, gesture_seconds), wanted)
        results = list(progress(found, "writing scripts", len(wanted)))
    whole = validate([r for r in results if isinstance(r, Script)])  # each alone is fine; together some are alike
    return whole.kept, [r for r in results if isinstance(r, Fault)] + whole.dropped


def save_scripts(scripts: Sequence[Script], folder: Path) -> None:
    """One file a persona, as `scripts.load_scripts` reads them."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in sorted({script.persona for script in scripts}):
        lines = [json.dumps(script.as_row()) + "\n" for script in scripts if script.persona == name]
        (folder / f"{name}.jsonl").write_text("".join(lines), encoding="utf-8")


def _write(model: ChatModel, wanted: Wanted, gesture_seconds: Seconds) -> Script | Fault:
    messages = _instructions(wanted)
    fault = Fault(wanted.id, "length", "nothing came back")
    for attempt in range(ATTEMPTS):
        answer = model.ask(messages, wanted.seed + attempt)
        try:
            script = _parsed(answer, wanted)
        except InputError as error:
            fault = Fault(wanted.id, "spelling", str(error))
        else:
            script = _fitted(model, script, gesture_seconds, wanted.seed)
            found = validate([script], gesture_seconds=gesture_seconds)
            if found.kept:
                return script
            fault = found.dropped[0]
        again = f"That cannot be used: {fault.detail}. Write the whole talk again."
        messages = [*messages, {"role": "assistant", "content": answer}, {"role": "user", "content": again}]
    return fault


def _fitted(model: ChatModel, script: Script, gesture_seconds: Seconds, seed: int) -> Script:
    """The script with every line of the agent rewritten that its gesture would outlast."""
    turns = []
    for turn in script.turns:
        seconds = gesture_seconds(turn) if turn.role == "agent" and turn.motion else None
        if seconds is not None and seconds > LOOSE * (len(turn.speech.split()) / WORDS_PER_S + 1):
            words = min(22, max(4, round((seconds - 1) * WORDS_PER_S)))
            asked = (
                f"Rewrite this line so that it takes about {words} words to say and keeps its meaning. Answer with the "
                f"line alone, in plain words without digits or markup.\n{turn.speech}"
            )
            line = model.ask([{"role": "user", "content": asked}], seed).strip().strip('"')
            turn = replace(turn, speech=" ".join(line.split()))
        turns.append(turn)
    return replace(script, turns=tuple(turns))


def _parsed(answer: str, wanted: Wanted) -> Script:
    """The script in an answer, which may stand in a fence. Raises InputError for anything else."""
    found = re.search(r"\{.*\}", answer, re.DOTALL)
    try:
        row: Any = json.loads(found[0]) if found else None
    except json.JSONDecodeError as error:
        raise InputError(f"the answer is no JSON ({error.msg})") from error
    if not isinstance(row, dict):
        raise InputError("the answer holds no JSON object")
    fixed = {"id": wanted.id, "persona": wanted.persona, "kind": wanted.kind, "topic": wanted.topic}
    return script_from_row({**row, **fixed}, "answer")


def _instructions(wanted: Wanted) -> list[Message]:
    system = (
        "You write short talks between a person in virtual reality, the user, and a character, the agent. Answer with "
        'one JSON object {"turns": [{"role", "speech", "motion", "emotion"}, ...]} and nothing else. Turns alternate, '
        "user first, agent last, six to ten of them. speech: at most twenty words, ASCII, no digits, no markup; it may "
        "be empty in a turn of the user that is motion alone. motion: what the body does, third person without "
        "subject; empty for standing still. Prefer these captions: "
        f"{'; '.join(CAPTIONS)}. emotion: one of {EMOTIONS}."
    )
    user = (
        f"The character: {wanted.text}\nKind of talk: {wanted.kind.replace('_', ' ')}.\nTopic: {wanted.topic}.\n"
        "Answer in the character's own manner. Let what the bodies do matter to what is said."
    )
    return [{"role": "system", "content": system}, {"role": "user", "content": user}]
