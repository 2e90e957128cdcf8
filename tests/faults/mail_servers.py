"""Mail servers in all their moods, on one port, as the outside world of the relay."""

import asyncio
import socket
import threading
import time
from collections import Counter
from email import message_from_bytes, policy
from typing import Any

from aiosmtpd.controller import Controller

from lpse_support.local.servers import free_port


class Sink:
    """Takes letters and counts the copies of each; `answers` tells what to say to the next tries for an address."""

    def __init__(self, port: int | None = None) -> None:
        self.port = port or free_port()
        self.copies: Counter[tuple[str, str]] = Counter()  # by recipient and Message-ID
        self.subjects: list[str] = []
        self.tries: Counter[str] = Counter()
        self.at_rcpt: dict[str, list[str]] = {}
        self.at_data: dict[str, list[str]] = {}
        self.hold, self.cut = threading.Event(), False  # keep the sender waiting after DATA; hang up on it instead
        self.held = threading.Event()
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port)

    def __enter__(self) -> "Sink":
        self.controller.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.controller.stop()

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def reached(self) -> Counter[str]:
        """Return how many copies, whatever they are called, each address has got."""
        got: Counter[str] = Counter()
        for (address, _name), count in self.copies.items():
            got[address] += count
        return got

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        self.tries[address] += 1
        if self.at_rcpt.get(address):
            return self.at_rcpt[address].pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        (address,) = envelope.rcpt_tos
        if self.at_data.get(address):
            return self.at_data[address].pop(0)
        letter = message_from_bytes(envelope.content, policy=policy.default)
        self.copies[address, letter["Message-ID"]] += 1
        self.subjects.append(letter["Subject"])
        while self.hold.is_set():
            self.held.set()
            await asyncio.sleep(0.05)
        if self.cut:
            self.cut = False
            server.transport.abort()
        return "250 OK"


class BlackHole:
    """Accepts connections and never says a word; notes how long each caller stays."""

    def __init__(self, port: int) -> None:
        self.listener = socket.create_server(("127.0.0.1", port))
        self.stays: list[float] = []
        self.calls = 0

    def __enter__(self) -> "BlackHole":
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def _accept(self) -> None:
        while True:
            try:
                caller, _address = self.listener.accept()
            except OSError:
                return
            self.calls += 1
            begun = time.monotonic()
            with caller:
                while caller.recv(1024):
                    pass
            self.stays.append(time.monotonic() - begun)
