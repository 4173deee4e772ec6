"""The built-in server: waitress on a socket of ours, ended without dropping what is being answered."""

from __future__ import annotations

import errno
import logging
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any

from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import create_server
from waitress.utilities import RequestEntityTooLarge

MAX_BODY_BYTES = 21 * 1024 * 1024
"""A little over the largest upload the pages accept. What is larger is not kept, see `_Parser`."""
MOST_PASSED_BY = 1024 * 1024 * 1024
STOP_SECONDS = 30.0
"""How long running requests may take to finish after a stop was asked for."""
_SETTLE_SECONDS = 0.2
_LOOP_SECONDS = 1.0
_PORTS_TO_TRY = 50

WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class ListenError(RuntimeError):
    """The server cannot listen there; the message is one sentence that says what to do."""


class PortTakenError(ListenError):
    """Another program has the port; `free` is the next one nobody has, if one was found."""

    def __init__(self, port: int, free: int | None) -> None:
        self.port, self.free = port, free
        way_out = f"start with --port {free}" if free else "start with another --port"
        super().__init__(f"Port {port} is taken, perhaps by Closer Look itself in another window; {way_out}.")


def listen(host: str, port: int) -> socket.socket:
    """Takes an address, so that nobody else can, before anything is printed about it.

    Args:
        host: a name or address of this computer; 0.0.0.0 for all of them.
        port: 0 lets the system choose a free one.

    Raises:
        PortTakenError: when another program has the port.
        ListenError: when the address is not this computer's, or the port needs more rights.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except (OSError, UnicodeError) as error:
        raise ListenError(f"{host!r} is no address of this computer; use 127.0.0.1, or --lan for the class.") from error
    sock = socket.socket(family, kind, protocol)
    try:
        # On Windows this option would let two programs share the port.
        if os.name != "nt":
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(address)
        # Two sockets may be bound alike until one of them listens.
        sock.listen(1024)
    except OSError as error:
        sock.close()
        if error.errno in {errno.EADDRINUSE, getattr(errno, "WSAEADDRINUSE", errno.EADDRINUSE)}:
            raise PortTakenError(port, next_free_port(host, port + 1)) from error
        if error.errno == errno.EACCES:
            raise ListenError(f"Port {port} needs administrator's rights; start with --port 8000.") from error
        raise ListenError(f"{host!r} is no address of this computer; use 127.0.0.1, or --lan for the class.") from error
    return sock


def next_free_port(host: str, start: int) -> int | None:
    """The first port from `start` on that can be listened on, or None when many are taken."""
    for port in range(start, min(start + _PORTS_TO_TRY, 65536)):
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            try:
                probe.bind((host, port))
            except OSError:
                continue
            return port
    return None


def lan_addresses() -> tuple[str, ...]:
    """Addresses under which others on the same network may reach this computer, likeliest first."""
    found: dict[str, None] = {}
    # Asking which way a packet would leave sends none. The targets are documentation and private addresses.
    for target in ("192.0.2.1", "192.168.255.254", "10.255.255.254", "172.31.255.254"):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            try:
                probe.connect((target, 9))
                found.setdefault(str(probe.getsockname()[0]))
            except OSError:
                continue
    # A computer whose own name does not resolve is common and harmless.
    with suppress(OSError):
        found.update(dict.fromkeys(socket.gethostbyname_ex(socket.gethostname())[2]))
    return tuple(address for address in found if not address.startswith(("127.", "0.", "169.254.")))


def lan_names() -> tuple[str, ...]:
    """This computer's names on a network, as people may type them."""
    name = socket.gethostname().lower()
    return (name,) if "." in name or not name else (name, f"{name}.local")


class _Parser(HTTPRequestParser):  # type: ignore[misc]  # waitress has no types
    """Lets a body that is too large pass by, and hands its head alone to the app.

    The app refuses it by the length in the head, on a page of its own that leads back. Waitress would answer with
    three bare words, and close the connection while the browser still sends, so that not even these are shown.
    """

    completed: bool
    content_length: int
    error: Any
    _to_pass = 0

    def received(self, data: bytes) -> int:
        """Take what came in; return how much of it belongs to this request."""
        if self._to_pass:
            taken = min(len(data), self._to_pass)
            self._to_pass -= taken
            self.completed = not self._to_pass
            return taken
        taken = int(super().received(data))
        if isinstance(self.error, RequestEntityTooLarge) and 0 < self.content_length <= MOST_PASSED_BY:
            self.error, self.body_rcv, self.completed = None, None, False
            self._to_pass = self.content_length
        return taken


class _Channel(HTTPChannel):  # type: ignore[misc]  # as above
    parser_class = _Parser


class Server:
    """Serves an app until `stop()` or a signal; every request it has begun to read is answered."""

    def __init__(self, app: WsgiApp, sock: socket.socket, *, threads: int, behind_proxy: bool = False) -> None:
        """
        Args:
            app: the WSGI app.
            sock: from `listen()`; closed at the end.
            threads: how many requests are worked on at once.
            behind_proxy: leave forwarded headers to the app, which knows how many proxies to believe.
        """
        # Waiting is normal when a class starts together, and not worth a line for each request.
        logging.getLogger("waitress.queue").setLevel(logging.ERROR)
        self._map: dict[int, Any] = {}
        self._socket = sock
        self._server = create_server(
            app,
            map=self._map,
            sockets=[sock],
            threads=threads,
            ident=None,
            max_request_body_size=MAX_BODY_BYTES,
            clear_untrusted_proxy_headers=not behind_proxy,
            channel_timeout=60,
            connection_limit=1000,
            asyncore_use_poll=True,
        )
        self._server.channel_class = _Channel
        self._stopping = threading.Event()

    def stop(self) -> None:
        """Asks for the end; returns at once and may be called from any thread or a signal handler."""
        if not self._stopping.is_set():
            self._stopping.set()
            self._server.pull_trigger()

    def run(self) -> None:
        """Serves until stopped, then finishes what was begun, for at most STOP_SECONDS."""
        try:
            while not self._stopping.is_set():
                self._turn(_LOOP_SECONDS)
            self._finish()
        finally:
            self._stopping.set()
            self._server.task_dispatcher.shutdown(timeout=1)
            wasyncore.close_all(self._map)
            self._socket.close()

    @contextmanager
    def stopping_on_signals(self) -> Iterator[None]:
        """While the block runs, Ctrl+C and SIGTERM ask for the end; a second one ends it at once."""

        def on_signal(number: int, frame: FrameType | None) -> None:
            if self._stopping.is_set():
                raise KeyboardInterrupt
            self.stop()

        kept = {number: signal.signal(number, on_signal) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in kept.items():
                signal.signal(number, handler)

    def _turn(self, seconds: float) -> None:
        wasyncore.loop(timeout=seconds, map=self._map, count=1, use_poll=True)

    def _finish(self) -> None:
        """Takes no one new, reads what is on its way, answers it, closes."""
        deadline = time.monotonic() + STOP_SECONDS
        settled = time.monotonic() + _SETTLE_SECONDS
        while time.monotonic() < settled:
            self._turn(0.05)
        self._server.accepting = False
        self._server.del_channel()
        self._socket.close()
        while time.monotonic() < deadline:
            channels = list(self._server.active_channels.values())
            if not channels:
                return
            for channel in channels:
                with channel.requests_lock:
                    idle = not channel.requests and channel.request is None and not channel.total_outbufs_len
                    channel.will_close = channel.will_close or idle
            self._turn(0.05)
