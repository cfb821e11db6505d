"""One WebSocket: moves messages between the socket, the session and the compute worker. No rules of its own."""

from __future__ import annotations

import asyncio
import logging
import time

from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from solami.errors import ProtocolError
from solami.stream_server.backend import Cancel, Command, Truncate
from solami.stream_server.config import ServerConfig
from solami.stream_server.protocol import CloseCode
from solami.stream_server.session import Outgoing, Session
from solami.stream_server.worker import ComputeWorker, Lane

logger = logging.getLogger(__name__)

_CLOSE_TIMEOUT_S = 1.0


async def serve_session(socket: WebSocket, worker: ComputeWorker, config: ServerConfig) -> None:
    """Serve an accepted socket until it closes."""
    session = Session(config.session, worker.backend.model, worker.backend.fps)
    lane = worker.open_lane(config.session)
    lane.outbox.put_nowait(session.hello())
    sender = asyncio.create_task(_send_all(socket, session, lane, config.send_timeout_s))
    receiver = asyncio.create_task(_receive_all(socket, session, lane, config.idle_timeout_s))
    try:
        done, _ = await asyncio.wait({sender, receiver}, return_when=asyncio.FIRST_COMPLETED)
        code, reason = next(iter(done)).result()
    finally:
        lane.close()
        for task in (sender, receiver):
            task.cancel()
        await asyncio.gather(sender, receiver, return_exceptions=True)
    logger.info("session %s ended: %d %s", session.id, code, reason)
    await _close(socket, code, reason)


async def _close(socket: WebSocket, code: CloseCode, reason: str) -> None:
    """Say goodbye to a client that may be gone, or may take nothing."""
    if socket.client_state is not WebSocketState.CONNECTED:
        return
    try:
        async with asyncio.timeout(_CLOSE_TIMEOUT_S):
            await socket.close(code, reason)
    except (TimeoutError, WebSocketDisconnect, RuntimeError) as error:
        logger.info("a client left without a goodbye: %r", error)


async def _receive_all(socket: WebSocket, session: Session, lane: Lane, idle_s: float) -> tuple[CloseCode, str]:
    while True:
        try:
            message = await asyncio.wait_for(socket.receive(), idle_s)
        except TimeoutError:
            return CloseCode.NORMAL, f"nothing arrived for {idle_s:g} s"
        if message["type"] == "websocket.disconnect":
            return CloseCode.NORMAL, "the client left"
        if message.get("text") is not None:
            commands, messages = session.on_text(message["text"], time.perf_counter())
        else:
            commands, messages = session.on_binary(message["bytes"])
        lane.cancel(session.cancelled_epoch)
        _pass_on(session, lane, commands, messages)


def _pass_on(session: Session, lane: Lane, commands: list[Command], messages: list[Outgoing]) -> None:
    for message in messages:
        lane.outbox.put_nowait(message)
    for command in commands:
        try:
            lane.submit(command)
        except ProtocolError as error:
            lane.outbox.put_nowait(session.error(error.code, str(error)))
        if isinstance(command, Cancel | Truncate):
            lane.cancel(command.epoch)


async def _send_all(socket: WebSocket, session: Session, lane: Lane, timeout_s: float) -> tuple[CloseCode, str]:
    while True:
        output = await lane.outbox.get()
        begun_s = time.perf_counter()
        is_ours = isinstance(output, Outgoing)
        messages = [output] if isinstance(output, Outgoing) else session.on_output(output, begun_s)
        for message in messages:
            try:
                async with asyncio.timeout(timeout_s):
                    await _send(socket, message.data)
            except TimeoutError:
                return CloseCode.TRY_AGAIN, "the client takes too little"
            except (WebSocketDisconnect, RuntimeError):  # starlette raises RuntimeError on a socket that has closed
                return CloseCode.NORMAL, "the client left"
            session.sent(message.mark, begun_s, time.perf_counter())
        if not is_ours:
            lane.sent()


async def _send(socket: WebSocket, data: str | bytes) -> None:
    if isinstance(data, str):
        await socket.send_text(data)
    else:
        await socket.send_bytes(data)
