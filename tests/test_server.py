from __future__ import annotations

import http.client
import signal
import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from quizapp.server import MOST_PASSED_BY, ListenError, PortTakenError, Server, WsgiApp, lan_addresses, listen

HOST = "127.0.0.1"


def hello(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "5")])
    return [b"hello"]


@contextmanager
def running(app: WsgiApp, *, threads: int = 4) -> Iterator[tuple[Server, int, threading.Thread]]:
    sock = listen(HOST, 0)
    port = sock.getsockname()[1]
    server = Server(app, sock, threads=threads)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield server, port, thread
    finally:
        server.stop()
        thread.join(10)
        assert not thread.is_alive()


def get(port: int, *, connection: http.client.HTTPConnection | None = None) -> tuple[int, bytes]:
    connection = connection or http.client.HTTPConnection(HOST, port, timeout=10)
    connection.request("GET", "/")
    response = connection.getresponse()
    return response.status, response.read()


def test_server_answers_and_stops_at_once_when_idle() -> None:
    with running(hello) as (server, port, thread):
        kept_alive = http.client.HTTPConnection(HOST, port, timeout=10)
        assert get(port, connection=kept_alive) == (200, b"hello")
        server.stop()
        thread.join(5)
        assert not thread.is_alive(), "an idle connection kept the server up"
        kept_alive.close()
    with pytest.raises(OSError), socket.create_connection((HOST, port), timeout=2):
        pass


def test_stop_finishes_every_request_that_was_begun() -> None:
    """Also those waiting for a thread: four are worked on, sixteen wait in line."""
    begun, let_go = threading.Semaphore(0), threading.Event()

    def slow(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        begun.release()
        assert let_go.wait(10)
        return hello(environ, start_response)

    with running(slow) as (server, port, thread):
        clients = [http.client.HTTPConnection(HOST, port, timeout=10) for _ in range(20)]
        for client in clients:
            client.request("GET", "/")
        for _ in range(4):
            assert begun.acquire(timeout=10)
        server.stop()
        let_go.set()
        assert [client.getresponse().read() for client in clients] == [b"hello"] * 20
        thread.join(10)
        assert not thread.is_alive()
        for client in clients:
            client.close()


def test_taken_port_names_the_next_free_one() -> None:
    with listen(HOST, 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PortTakenError) as caught:
            listen(HOST, port)
    assert caught.value.free is not None
    assert caught.value.free > port
    assert f"Port {port} is taken" in str(caught.value)
    assert f"--port {caught.value.free}" in str(caught.value)
    listen(HOST, caught.value.free).close()


@pytest.mark.parametrize("host", ["192.0.2.7", "2001:db8::7"])
def test_foreign_address_is_refused_in_a_sentence(host: str) -> None:
    with pytest.raises(ListenError, match="no address of this computer"):
        listen(host, 0)


def test_body_over_the_limit_passes_by_and_the_app_refuses_by_its_length() -> None:
    told: list[tuple[str, bytes]] = []

    def refuse(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        told.append((environ["CONTENT_LENGTH"], environ["wsgi.input"].read()))
        start_response("413 Too Large", [("Content-Length", "5")])
        return [b"Sorry"]

    size = 22 * 1024 * 1024
    with running(refuse) as (_, port, _):
        connection = http.client.HTTPConnection(HOST, port, timeout=10)
        connection.request("POST", "/", body=bytes(size))
        response = connection.getresponse()
        assert (response.status, response.read()) == (413, b"Sorry")
        assert told == [(str(size), b"")]
        connection.request("POST", "/", body=b"small")  # the same connection, where nothing is left over
        connection.getresponse().read()
        assert told[1:] == [("5", b"small")]
        connection.putrequest("POST", "/")
        connection.putheader("Content-Length", str(MOST_PASSED_BY + 1))
        connection.endheaders()
        assert connection.getresponse().status == 413
        connection.close()


def test_forwarded_headers_are_dropped_unless_a_proxy_is_expected() -> None:
    seen: list[str | None] = []

    def note(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        seen.append(environ.get("HTTP_X_FORWARDED_FOR"))
        return hello(environ, start_response)

    for behind_proxy in (False, True):
        sock = listen(HOST, 0)
        port = sock.getsockname()[1]
        server = Server(note, sock, threads=1, behind_proxy=behind_proxy)
        thread = threading.Thread(target=server.run)
        thread.start()
        connection = http.client.HTTPConnection(HOST, port, timeout=10)
        for name in ("X-Forwarded-For", "X_Forwarded_For"):
            connection.request("GET", "/", headers={name: "203.0.113.9"})
            connection.getresponse().read()
        connection.close()
        server.stop()
        thread.join(10)
    assert seen == [None, None, "203.0.113.9", None]


def test_first_signal_finishes_and_second_ends_at_once() -> None:
    server = Server(hello, listen(HOST, 0), threads=1)
    before = signal.getsignal(signal.SIGTERM)
    with server.stopping_on_signals():
        signal.raise_signal(signal.SIGTERM)
        # Already asked for, before serving began: it ends by itself.
        server.run()
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGTERM) is before


def test_network_addresses_are_never_loopback() -> None:
    assert all(not address.startswith("127.") for address in lan_addresses())
