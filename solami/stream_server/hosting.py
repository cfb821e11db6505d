"""A session that outlives its sockets: the state machine, its lane to the compute thread and the delivery of messages.

A connection that breaks leaves the session running for as long as the configuration says; a client that comes back
with the token is sent exactly the messages it lacks. What the messages mean is the session's business.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import Callable
from typing import Any

from solami.errors import ProtocolError
from solami.stream_server.attachment import Attachment, Ending
from solami.stream_server.backend import GivesMotionCodes
from solami.stream_server.commands import Cancel, Command, Configure, Truncate
from solami.stream_server.config import ServerConfig
from solami.stream_server.delivery import Delivery
from solami.stream_server.logs import session_id
from solami.stream_server.outgoing import Entry
from solami.stream_server.protocol import CloseCode
from solami.stream_server.session import Session
from solami.stream_server.settings import SessionSettings
from solami.stream_server.worker import ComputeWorker

logger = logging.getLogger(__name__)
_TOO_LONG = Ending(CloseCode.NORMAL, "the session has lasted as long as it may")


class HostedSession:
    """One session and whichever connection its client has at the moment. Everything runs on the event loop."""

    def __init__(self, worker: ComputeWorker, config: ServerConfig, settings: SessionSettings, key: int = 0) -> None:
        self.key = key  # of the client's, by its place in the configuration
        self.token = secrets.token_urlsafe(24)
        self.received = 0  # messages of the client that were taken
        self.over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._resume_s = config.resume_s
        backend = worker.backend
        books = backend.motion_books() if isinstance(backend, GivesMotionCodes) else None
        self._session = Session(settings, backend.model, backend.fps, books)
        self._lane = worker.open_lane(settings, self.id)
        self._delivery = Delivery(config.resume_s, config.resume_bytes)
        self._expiry: asyncio.TimerHandle | None = None
        self._delivery.post([self._session.hello({"token": self.token, "seconds": config.resume_s})])
        self._pump = self._start_pump()
        if config.max_session_s is not None:
            asyncio.get_running_loop().call_later(config.max_session_s, self.end, _TOO_LONG)

    @property
    def id(self) -> str:
        """The session's id."""
        return self._session.id

    @property
    def is_attached(self) -> bool:
        """Whether the client is there."""
        return self._delivery.is_attached

    async def until_quiet(self) -> None:
        """Wait until no response is given, and the client, if it is there, has been sent all of the last."""
        while not self.over.done() and (self._session.is_replying or self._delivery.is_behind):
            await self._delivery.change()

    def watch(self, on_reply: Callable[[dict[str, Any]], None], on_underruns: Callable[[int], None]) -> None:
        """Who is told of every `response.done`, and of gaps that the client reports."""
        self._session.watch(on_reply, on_underruns)

    def move(self, worker: ComputeWorker) -> None:
        """The compute thread died: go on with a new one, without the turn that was going on. The client is told."""
        self._pump.cancel()
        dead, self._lane = self._lane, worker.open_lane(self._session.settings, self.id)
        self._lane.runner.inherit(dead.runner, self._session.last_epoch)
        self._delivery.post(self._session.restarted())
        self._lane.submit(Configure(self._session.requested))
        self._pump = self._start_pump()

    def tell_draining(self, seconds: float) -> None:
        """The server stops in so many seconds at the latest."""
        self._delivery.post([self._session.draining(seconds)])

    def attach(self, received: int = 0) -> Attachment:
        """Serve a new connection from message `received` + 1 on; an older connection ends.

        Raises:
            ProtocolError: `resume_failed` when those messages are not kept, or were never sent.
        """
        attachment = self._delivery.attach(received)
        if self._expiry is not None:
            self._expiry.cancel()
        return attachment

    def resumed(self, attachment: Attachment) -> str:
        """The message that greets a resumed connection; it is not counted."""
        return self._session.resumed(self.received, self._delivery.lacking(attachment))

    def detach(self, attachment: Attachment, ending: Ending) -> None:
        """The connection is gone; the session waits for the next one, unless the ending is final."""
        if not self._delivery.serves(attachment):
            return
        self._delivery.detach()
        if ending.is_final or not self._resume_s:
            self.end(ending)
            return
        logger.info("session %s waits for its client: %s", self.id, ending.reason)
        gone = Ending(CloseCode.NORMAL, "the client did not come back")
        self._expiry = asyncio.get_running_loop().call_later(self._resume_s, self.end, gone)

    def end(self, ending: Ending) -> None:
        """Free the session, whatever it is doing."""
        if self.over.done():
            return
        self.over.set_result(None)
        self._delivery.tell()
        self._lane.close()
        self._pump.cancel()
        self._delivery.end(ending)
        logger.info("session %s ended: %d %s", self.id, ending.code, ending.reason)

    def take(self, attachment: Attachment, message: str | bytes) -> None:
        """One message of the client, in order; what an older connection still brings will come again."""
        if not self._delivery.serves(attachment):
            return
        self.received += 1
        if isinstance(message, str):
            commands, messages = self._session.on_text(message, time.perf_counter())
        else:
            commands, messages = self._session.on_binary(message)
        self._lane.cancel(self._session.cancelled_epoch)
        self._delivery.post(messages)
        self._forget()
        for command in commands:
            self._submit(command)

    async def next(self, attachment: Attachment) -> Entry:
        """The next message for this connection, as soon as there is one."""
        return await self._delivery.next(attachment)

    def sent(self, attachment: Attachment, entry: Entry) -> None:
        """The connection has taken the message that `next` gave."""
        now_s = self._delivery.sent(attachment)
        if now_s is not None:
            self._session.sent(entry.message.mark, entry.at_s, now_s)

    def _submit(self, command: Command) -> None:
        try:
            self._lane.submit(command)
        except ProtocolError as error:
            self._delivery.post([self._session.error(error.code, str(error))])
        if isinstance(command, Cancel | Truncate):
            self._lane.cancel(command.epoch)

    def _forget(self) -> None:
        try:
            self._delivery.forget(self._session.client.acknowledged)
        except ProtocolError as error:
            self._session.client.acknowledged = 0
            self._delivery.post([self._session.error(error.code, str(error))])

    def _start_pump(self) -> asyncio.Task[None]:
        pump = asyncio.create_task(self._run_pump())
        pump.add_done_callback(self._pump_ended)
        return pump

    async def _run_pump(self) -> None:
        """Outputs of the compute thread become messages, no faster than the connection takes them."""
        session_id.set(self.id)
        while True:
            output = await self._lane.outbox.get()
            self._delivery.post(self._session.on_output(output))
            await self._delivery.until_taken()
            self._lane.sent()
            if self._delivery.is_lost:
                self.end(Ending(CloseCode.TRY_AGAIN, "too much was written while the client was away"))

    def _pump_ended(self, pump: asyncio.Task[None]) -> None:
        if not pump.cancelled():
            logger.error("session %s failed", self.id, exc_info=pump.exception())
            self.end(Ending(CloseCode.INTERNAL, "the server failed"))
