"""A session's present connection."""

import asyncio

from solami.stream_server.attachment import Attachment, Ending
from solami.stream_server.protocol import CloseCode


def test_the_first_reason_counts() -> None:
    """A connection that is told twice to end has ended for the first reason."""

    async def main() -> None:
        attachment = Attachment(3)
        for reason in ("first", "second"):
            attachment.end(Ending(CloseCode.NORMAL, reason))
        assert (await attachment.ending).reason == "first"

    asyncio.run(main())
