"""One session's side of a brain and an ear outside: what they are asked, and the talk as far as they know it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass

from solami.frames import FloatArray
from solami.llm.context import Context
from solami.llm.drawing import draw
from solami.llm.template import MAX_CAPTION_TOKENS
from solami.llm.vocabulary import Vocabulary
from solami.outside.ports import Brain, Ear, Message, Prompt
from solami.pipeline.draws import RECOGNISED
from solami.pipeline.prompted_reply import Asked, PromptedReply

LATEST_EAR_S = 60.0  # every ear gives up long before


@dataclass(slots=True)
class Exchange:
    """One turn of the user and what the character said."""

    user: Callable[[], str]
    reply: PromptedReply | None = None
    heard_samples: int | None = None  # of the reply, where the user interrupted it

    def said(self) -> str:
        """The character's words, as far as they were heard."""
        pieces = self.reply.said if self.reply else []
        end = self.heard_samples
        return "".join(text for sample, text in pieces if end is None or sample < end).strip()


class Prompting:
    """Collects a turn, asks, and remembers."""

    def __init__(self, persona: str, sample_rate: int, brain: Brain | None, ear: Ear | None) -> None:
        self._persona, self._sample_rate, self._brain, self._ear = persona, sample_rate, brain, ear
        self._exchanges: list[Exchange] = []
        self.begin_turn()

    def begin_turn(self) -> None:
        """The user's turn begins."""
        self._listening = self._ear.listen(self._sample_rate) if self._ear else None
        self._typed = ""
        self._heard: Future[str] | None = None

    def push_audio(self, samples: FloatArray) -> None:
        """The user's voice."""
        if self._listening:
            self._listening.push(samples)

    def forget_audio(self) -> None:
        """There was no voice in it: the ear need not listen."""
        self._listening = None

    def push_text(self, text: str) -> None:
        """The user's typed words."""
        self._typed = f"{self._typed} {text}".strip()

    def end_turn(self) -> None:
        """The user's turn is over, or on trial: the ear gets what it has not heard yet."""
        self._heard = self._listening.end() if self._listening else None

    def ask(self, listen: Callable[[], tuple[str, str]]) -> Asked:
        """Ask for a reply. `listen`: what the model itself heard and saw."""
        if self._brain is None:
            return Asked(heard=self._heard)
        own_heard, saw = listen()
        heard = self._heard or known(own_heard)
        user = _user_line(self._typed, heard, own_heard, saw)
        words = self._brain.ask(Prompt(self._lines(user)))
        self._exchanges = [*self._exchanges, Exchange(user)][-max(1, self._brain.turns) :]
        return Asked(words, heard, saw)

    def replied(self, reply: PromptedReply) -> None:
        """The reply to what was asked last has begun."""
        if self._exchanges:
            self._exchanges[-1].reply = reply

    def interrupted(self, heard_samples: int) -> None:
        """Of the last reply no more was heard than this."""
        if self._exchanges:
            self._exchanges[-1].heard_samples = heard_samples

    def reopened(self) -> None:
        """The user goes on: what was asked is forgotten."""
        if self._exchanges and self._exchanges[-1].reply is not None:
            self._exchanges.pop().reply.forsake()  # type: ignore[union-attr]

    def _lines(self, user: Callable[[], str]) -> Callable[[], tuple[Message, ...]]:
        """The conversation up to what the user says now; what users said is waited for, so this asks for it later."""
        assert self._brain is not None
        kept = self._exchanges[-self._brain.turns :] if self._brain.turns else []
        past = [(exchange.user, exchange.said()) for exchange in kept]

        def lines() -> tuple[Message, ...]:
            pairs = [(Message("user", ask()), Message("assistant", said)) for ask, said in past]
            told = [message for pair in pairs for message in pair if message.text]
            return Message("system", self._persona), *told, Message("user", user())

        return lines


def known(text: str) -> Future[str]:
    """A future that is there already."""
    future: Future[str] = Future()
    future.set_result(text)
    return future


def _user_line(typed: str, heard: Future[str], own_heard: str, saw: str) -> Callable[[], str]:
    """What the user said and did as one line; asking for it waits for the ear."""

    def line() -> str:
        words = typed
        if not words:
            words = own_heard if heard.exception(LATEST_EAR_S) else heard.result() or own_heard
        return " ".join(part for part in (words, f"[{saw}]" if saw else "") if part) or "[says nothing]"

    return line


def listen(context: Context, vocabulary: Vocabulary, *, hears: bool, sees: bool) -> tuple[str, str]:
    """What the model itself heard and saw of the user's turn, which has just ended; the context is as before."""
    heard_mark, saw_mark = [vocabulary.special("<heard>")], [vocabulary.special("<saw>")]
    heard = _caption(context, vocabulary, heard_mark) if hears else []
    before_saw = [*heard_mark, *heard, *saw_mark] if heard else saw_mark
    saw = _caption(context, vocabulary, before_saw) if sees else []
    return vocabulary.decode_text(heard).strip(), vocabulary.decode_text(saw).strip()


def _caption(context: Context, vocabulary: Vocabulary, lead: list[int]) -> list[int]:
    """The words that the model writes behind these ids, until another token ends them; the context is as before."""
    stops = [vocabulary.special("<heard>"), vocabulary.special("<saw>"), vocabulary.special("<end>")]
    ends = tuple(range(stop, stop + 1) for stop in stops)
    before = context.snapshot()
    context.send_ahead(lead)
    ids: list[int] = []
    while len(ids) < MAX_CAPTION_TOKENS:
        (token_id,) = draw(
            [context.wanted((vocabulary.text_span, *ends) if ids else (vocabulary.text_span,), RECOGNISED)]
        )
        if token_id in stops:
            break
        ids.append(token_id)
    context.restore(before)
    return ids
