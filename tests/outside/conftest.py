"""A small server that speaks the APIs of a chat and a transcription endpoint."""

import asyncio
import json
import socket
import threading
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route


@dataclass
class Endpoint:
    """What it answers, and what it was asked."""

    answer: str = "Hello, my friend. I am glad to see you!"
    transcript: str = "good morning"
    first_s: float = 0.0  # before the first word
    pause_s: float = 0.0  # between words
    status: int = 200
    body: bytes | None = None  # in place of either answer, as it is
    asked: list[dict[str, Any]] = field(default_factory=list)
    heard: list[bytes] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)
    url: str = ""
    was_asked: threading.Event = field(default_factory=threading.Event)

    async def chat(self, request: Request) -> Response:
        """`/v1/chat/completions`, streamed."""
        self.asked.append(await request.json())
        self.was_asked.set()
        self.keys.append(request.headers.get("authorization"))
        if self.body is not None:
            return Response(self.body, media_type="text/event-stream")
        if self.status != 200:
            return JSONResponse({"error": {"message": "no", "type": "server_error"}}, self.status)
        return StreamingResponse(self._words(), media_type="text/event-stream")

    async def transcribe(self, request: Request) -> Response:
        """`/v1/audio/transcriptions`."""
        self.heard.append(await request.body())
        await asyncio.sleep(self.first_s)
        if self.body is not None:
            return Response(self.body, media_type="application/json")
        return JSONResponse({"text": self.transcript}) if self.status == 200 else Response(status_code=self.status)

    async def _words(self) -> AsyncIterator[str]:
        await asyncio.sleep(self.first_s)
        for number, word in enumerate(self.answer.split()):
            delta = {"content": f" {word}" if number else word}
            choice = {"index": 0, "delta": delta, "finish_reason": None}
            head = {"id": "c", "object": "chat.completion.chunk", "created": 0, "model": "m"}
            yield f"data: {json.dumps(head | {'choices': [choice]})}\n\n"
            await asyncio.sleep(self.pause_s)
        yield "data: [DONE]\n\n"


@pytest.fixture
def endpoint(closed_openai: None) -> Iterator[Endpoint]:
    """One that runs as long as the test; who asked it is closed behind it."""
    endpoint = Endpoint()
    routes = [
        Route("/v1/chat/completions", endpoint.chat, methods=["POST"]),
        Route("/v1/audio/transcriptions", endpoint.transcribe, methods=["POST"]),
    ]
    server = uvicorn.Server(uvicorn.Config(Starlette(routes=routes), log_config=None, timeout_graceful_shutdown=1))
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        endpoint.url = f"http://127.0.0.1:{listener.getsockname()[1]}/v1"
        yield endpoint
        server.should_exit = True
        thread.join(30)
