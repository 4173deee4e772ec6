"""The guard that keeps tests on this computer, shown catching what it must."""

from __future__ import annotations

import socket

import pytest

from tests import network


@pytest.mark.parametrize("host", ["192.0.2.1", "198.51.100.7"])
def test_connection_to_elsewhere_is_refused_and_remembered(host: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        attempts = network.guard(patch)
        with pytest.raises(network.OutsideError):
            socket.create_connection((host, 80), timeout=1)
        assert attempts == [f"('{host}', 80)"]


def test_looking_up_a_name_is_refused() -> None:
    with pytest.MonkeyPatch.context() as patch:
        attempts = network.guard(patch)
        with pytest.raises(network.OutsideError):
            socket.getaddrinfo("example.org", 80)
        assert attempts == ["example.org"]


def test_this_computer_may_be_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()):
        pass
