"""The web client and the avatar, as a browser asks for them."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from solami.errors import ConfigError
from solami.stream_server.app import create_app
from solami.stream_server.config import ServerConfig
from solami.stream_server.scripted import ScriptedBackend


def test_without_a_client_the_root_says_how_to_build_one() -> None:
    """A server without a web client works, and its root names the command that builds one."""
    answer = TestClient(create_app(ScriptedBackend(), ServerConfig())).get("/")
    assert answer.status_code == 200
    assert "make serve" in answer.text


def test_a_built_client_is_served_under_a_policy(tmp_path: Path) -> None:
    """The built page comes with headers that keep it to this server; the API stays where it was."""
    (tmp_path / "index.html").write_text("<!doctype html><title>hello</title>")
    (tmp_path / "app.js").write_text("1;")
    client = TestClient(create_app(ScriptedBackend(), ServerConfig(web_root=tmp_path)))
    page = client.get("/")
    assert "<title>hello</title>" in page.text
    assert "default-src 'self'" in page.headers["content-security-policy"]
    assert "javascript" in client.get("/app.js").headers["content-type"]
    assert client.get("/v1/personas").json()["data"][0]["name"] == "ada"
    assert client.get("/../pyproject.toml").status_code == 404


def test_a_folder_without_a_page_is_refused(tmp_path: Path) -> None:
    """A web_root that holds no built client is a configuration error that names the command."""
    with pytest.raises(ConfigError, match="make web"):
        create_app(ScriptedBackend(), ServerConfig(web_root=tmp_path))


def test_the_avatar_is_a_vrm() -> None:
    """`/v1/avatar.vrm` is a binary glTF with the VRM 1.0 extension, the same bytes each time."""
    client = TestClient(create_app(ScriptedBackend(), ServerConfig()))
    first = client.get("/v1/avatar.vrm")
    assert first.content[:4] == b"glTF"
    assert b"VRMC_vrm" in first.content
    assert client.get("/v1/avatar.vrm").content == first.content


class CodedBackend(ScriptedBackend):
    """Its motion has codes, and its decoder can or cannot be made."""

    decoder: bytes | None = b"onnx"

    def motion_books(self) -> tuple[int, int, float] | None:
        return 2, 1, 7.5

    def motion_decoder(self) -> bytes:
        if self.decoder is None:
            raise ConfigError("onnx is not installed")
        return self.decoder


def test_the_motion_decoder_is_handed_out_where_there_is_one() -> None:
    """The decoder is a file; where it cannot be made, or motion has no codes, the answer is 404 with the reason."""
    path, backend = "/v1/models/motion_decoder.onnx", CodedBackend()
    assert TestClient(create_app(backend, ServerConfig())).get(path).content == b"onnx"
    backend.decoder = None
    answer = TestClient(create_app(backend, ServerConfig())).get(path)
    assert (answer.status_code, answer.text) == (404, "onnx is not installed\n")
    assert TestClient(create_app(ScriptedBackend(), ServerConfig())).get(path).status_code == 404
