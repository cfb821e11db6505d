"""Forms of turns that training may write and the server never does.

`WordsTurn`: the character's words under the header of a turn with voice and body, without beats. Only the words are
learned, so talk in text alone teaches what to say where the server asks for it, and not that beats are left out.
The paper's order, for the ablation: all motion of a turn, then all its speech, and no text but the system's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from solami.llm.template import Rendered, beat_ids, clause_ids, does_ids, header_ids, render_system, render_turn
from solami.llm.turns import AgentTurn, Beat, Clause, SystemTurn, Turn, UserTurn
from solami.llm.vocabulary import Special, Vocabulary


@dataclass(frozen=True, slots=True)
class WordsTurn:
    """What the character says, clause by clause, and what its body does with the first."""

    clauses: tuple[str, ...]
    does: str = ""


TrainingTurn = Turn | WordsTurn
Order = Literal["beats", "paper"]


def render_training_turn(vocabulary: Vocabulary, turn: TrainingTurn, order: Order = "beats") -> Rendered:
    """One turn in the server's order of tokens or in the paper's."""
    if isinstance(turn, WordsTurn):
        return render_words(vocabulary, turn)
    return render_turn(vocabulary, turn) if order == "beats" else render_in_paper_order(vocabulary, turn)


def render_words(vocabulary: Vocabulary, turn: WordsTurn) -> Rendered:
    """The words under a full header; loss on the words and on what the body does."""
    header = header_ids(vocabulary, "<agent>", speech=True, body=True)
    rendered = Rendered(header, [False] * len(header))
    for index, text in enumerate(turn.clauses):
        ids = clause_ids(vocabulary, Clause(text), first=index == 0, speech=False, body=False)
        rendered += Rendered(ids, [False] + [True] * (len(ids) - 1))
        if index == 0:
            does = does_ids(vocabulary, turn.does)
            rendered += Rendered(does, [True] * len(does))
    return rendered + Rendered([vocabulary.special("<end>")], [False])


def render_in_paper_order(vocabulary: Vocabulary, turn: Turn) -> Rendered:
    """All motion, then all speech; loss on the character's turn behind its header."""
    if isinstance(turn, SystemTurn):
        return render_system(vocabulary, turn)
    role: Special
    if isinstance(turn, UserTurn):
        role, parts = "<user>", turn.parts
        beats = [part for part in parts if isinstance(part, Beat)]
    else:
        assert isinstance(turn, AgentTurn)
        role = "<agent>"
        beats = [beat for part in turn.parts if isinstance(part, Clause) for beat in part.beats]
    header = [vocabulary.special(role)]
    header += [vocabulary.special("<body>")] * turn.body + [vocabulary.special("<speech>")] * turn.speech
    ids = [i for beat in beats for i in _motion_ids(vocabulary, beat, turn.body)]
    ids += [i for beat in beats for i in _speech_ids(vocabulary, beat, turn.speech)]
    ids.append(vocabulary.special("<end>"))
    return Rendered(header + ids, [False] * len(header) + [role == "<agent>"] * len(ids))


def _motion_ids(vocabulary: Vocabulary, beat: Beat, wanted: bool) -> list[int]:
    return beat_ids(vocabulary, Beat(beat.body, beat.hands), speech=False, body=True) if wanted else []


def _speech_ids(vocabulary: Vocabulary, beat: Beat, wanted: bool) -> list[int]:
    return beat_ids(vocabulary, Beat(speech=beat.speech), speech=True, body=False) if wanted else []
