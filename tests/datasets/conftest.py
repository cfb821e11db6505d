"""A chat endpoint on loopback for tests of what talks to one."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest


class FakeChat:
    """Gives its answers in order, the last one for ever; an int is an HTTP status to fail with."""

    def __init__(self) -> None:
        self.answers: list[str | int] = [""]
        self.asked: list[dict[str, Any]] = []
        self.url = ""

    def next(self, request: dict[str, Any]) -> str | int:
        self.asked.append(request)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


def _handler(fake: FakeChat) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            answer = fake.next(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            status, body = (answer, {"error": {"message": "busy"}}) if isinstance(answer, int) else (200, _body(answer))
            data = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.send_header("Retry-After-Ms", "1")
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *values: object) -> None:
            """Nothing."""

    return Handler


def _body(text: str) -> dict[str, Any]:
    choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}}
    usage = {"prompt_tokens": 100, "completion_tokens": 50, "total_tokens": 150}
    head = {"id": "x", "object": "chat.completion", "created": 0, "model": "fake"}
    return {**head, "choices": [choice], "usage": usage}


@pytest.fixture
def fake_chat(monkeypatch: pytest.MonkeyPatch, closed_openai: None) -> Iterator[FakeChat]:
    """A running endpoint, and a key in the environment."""
    monkeypatch.setenv("OPENAI_API_KEY", "any")
    fake = FakeChat()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(fake))
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    fake.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    yield fake
    server.shutdown()
    thread.join()
    server.server_close()
