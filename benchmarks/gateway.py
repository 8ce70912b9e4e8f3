"""A gateway that takes every text at once: an HTTP server in a process of its own.

It answers as Twilio's Messages resource does, and tells on GET what it has taken.
"""

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from urllib.parse import parse_qs

import requests


class Gateway:
    """The gateway as the measure sees it."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"

    def taken(self) -> list[str]:
        """Return the texts taken since the last `forget`, in their order."""
        return [str(text) for text in requests.get(f"{self.url}/taken", timeout=20).json()]

    def forget(self) -> None:
        """Begin again with no texts."""
        requests.get(f"{self.url}/forget", timeout=20)


@contextmanager
def running() -> Iterator[Gateway]:
    """Run a gateway until the end of the block."""
    command = [sys.executable, "-m", "benchmarks.gateway"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield Gateway(int(process.stdout.readline()))
        process.terminate()


class Server:
    """One connection after the other is kept open, as Twilio's are."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.numbers = count(1)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                body = await reader.readexactly(_length(head))
                writer.write(_framed(self.answer(head, body.decode())))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    def answer(self, head: str, body: str) -> object:
        if head.startswith("GET /forget"):
            self.texts.clear()
        if head.startswith("GET"):
            return self.texts
        self.texts.extend(parse_qs(body)["Body"])
        return {"sid": f"SM{next(self.numbers):032x}", "status": "queued"}


def _length(head: str) -> int:
    for line in head.split("\r\n"):
        name, _, value = line.partition(":")
        if name.lower() == "content-length":
            return int(value)
    return 0


def _framed(answer: object) -> bytes:
    content = json.dumps(answer).encode()
    head = f"HTTP/1.1 201 Created\r\nContent-Length: {len(content)}\r\n"
    return f"{head}Content-Type: application/json\r\n\r\n".encode() + content


async def main() -> None:
    server = await asyncio.start_server(Server().serve, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
