"""A local SMTP listener that takes every mail and says on standard output how many it has, whenever that changes."""

from __future__ import annotations

import asyncio
import sys
from typing import Any

from aiosmtpd.smtp import SMTP


class Taken:
    count = 0

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        Taken.count += 1
        return "250 taken"


async def serve(port: int) -> None:
    loop = asyncio.get_running_loop()
    await loop.create_server(lambda: SMTP(Taken(), hostname="listener", loop=loop), "127.0.0.1", port)
    said = -1
    while True:
        if said != Taken.count:
            said = Taken.count
            print(said, flush=True)
        await asyncio.sleep(0.02)


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
