"""Keeps the tests on this computer: a connection to anywhere else is refused and remembered."""

from __future__ import annotations

import socket
from ipaddress import ip_address
from typing import Any

import pytest


class OutsideError(OSError):
    """A test, or the code it runs, tried to leave this computer."""


def is_outside(family: int, address: Any) -> bool:
    """Whether a socket address leaves this computer. Names count as outside, except localhost."""
    if family not in {socket.AF_INET, socket.AF_INET6}:
        return False
    host = str(address[0])
    if host in {"localhost", ""}:
        return False
    try:
        number = ip_address(host)
    except ValueError:
        return True
    return not (number.is_loopback or number.is_unspecified)


def is_name(host: str) -> bool:
    """Whether finding the address of `host` would mean asking somebody."""
    try:
        ip_address(host)
    except ValueError:
        return host not in {"localhost", ""}
    return False


def guard(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Replaces the ways out.

    Returns:
        The attempts made since, which a fixture can count; code may swallow the error itself.
    """
    attempts: list[str] = []

    def refuse(where: object) -> OutsideError:
        attempts.append(str(where))
        return OutsideError(f"tests stay on this computer, but something wanted {where}")

    real_connect, real_connect_ex, real_getaddrinfo = (
        socket.socket.connect,
        socket.socket.connect_ex,
        socket.getaddrinfo,
    )

    def connect(self: socket.socket, address: Any) -> None:
        # A datagram socket aimed at the discard port only asks which way a packet would go; it sends none.
        only_asks = self.type == socket.SOCK_DGRAM and address[1] == 9
        if is_outside(self.family, address) and not only_asks:
            raise refuse(address)
        real_connect(self, address)

    def connect_ex(self: socket.socket, address: Any) -> int:
        if is_outside(self.family, address):
            raise refuse(address)
        return real_connect_ex(self, address)

    def getaddrinfo(host: Any, *arguments: Any, **options: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        if name is not None and is_name(name):
            raise refuse(name)
        return real_getaddrinfo(host, *arguments, **options)

    monkeypatch.setattr(socket.socket, "connect", connect)
    monkeypatch.setattr(socket.socket, "connect_ex", connect_ex)
    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return attempts
