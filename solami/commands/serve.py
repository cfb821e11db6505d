"""`solami serve`: the realtime server in the foreground."""

from __future__ import annotations

from typing import Annotated

import typer

from solami.commands.options import ServerOverrides


def serve(
    config: Annotated[str, typer.Option(help="A file, or a name in configs/serve/.")] = "default",
    persona: Annotated[str | None, typer.Option(help="The character a session starts with.")] = None,
    host: Annotated[str | None, typer.Option(help="Address to bind; any but loopback needs server.api_key.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to bind.")] = None,
    overrides: ServerOverrides = None,
) -> None:
    """Serve characters to clients until interrupted."""
    import logging

    from solami.config import load_serve_config

    flags = {"server.session.persona": persona, "server.host": host, "server.port": port}
    given = [f"{key}={value}" for key, value in flags.items() if value is not None]
    settings = load_serve_config(config, [*(overrides or []), *given])

    from solami.build import build_backend  # torch comes after the configuration has held
    from solami.commands.conversing import prepare
    from solami.stream_server.app import create_app
    from solami.stream_server.logs import configure_logs
    from solami.stream_server.serving import uvicorn_server

    backend = build_backend(settings)
    prepare(backend, settings.server.session.persona)
    configure_logs(settings.server.log_format, logging.getLogger().level)
    address = f"{settings.server.scheme}://{settings.server.host}:{settings.server.port}/v1/realtime"
    logging.getLogger(__name__).info("serving %s at %s", backend.model, address)
    uvicorn_server(create_app(backend, settings.server), settings.server).run()
