"""`quizapp serve`: brings everything up to date, says where it can be reached, and serves."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from socket import socket

import click
import segno
from flask import Flask

from quizapp.backup import BackupError, running
from quizapp.cli import PlainError
from quizapp.commands.content import publish_everything
from quizapp.commands.opening import ready_app
from quizapp.config import Settings
from quizapp.paths import checkout_root
from quizapp.server import ListenError, Server, lan_addresses, lan_names, listen
from quizapp.services import one_time_links, retention

ALL_ADDRESSES = "0.0.0.0"  # noqa: S104 - only when the teacher asks for it with --lan


@dataclass(frozen=True)
class Addresses:
    """Where people reach the app, without a slash at the end."""

    students: str
    here: str
    """The same app as this computer itself reaches it."""
    others: tuple[str, ...] = ()


@click.command()
@click.option("--lan", is_flag=True, help="Let other devices on the same network join; shows a QR code.")
@click.option("--port", type=click.IntRange(0, 65535), help="Another port than 8000; 0 takes any free one.")
@click.option("--host", help="Another address of this computer than 127.0.0.1.")
def serve(*, lan: bool, port: int | None, host: str | None) -> None:
    """Starts Closer Look and prints the address.

    Makes or updates the database, publishes the question banks, and serves until Ctrl+C.

    Example: quizapp serve --lan
    """
    if lan and host:
        raise click.UsageError("Use either --lan or --host, not both.")
    settings = Settings.from_env()
    try:
        with running(settings.home), _bound(settings, lan=lan, port=port, host=host) as sock:
            _serve(settings, sock, lan=lan)
    except (BackupError, ListenError) as error:
        raise PlainError(str(error)) from error


def _bound(settings: Settings, *, lan: bool, port: int | None, host: str | None) -> socket:
    return listen(ALL_ADDRESSES if lan else host or settings.host, settings.port if port is None else port)


def _serve(settings: Settings, sock: socket, *, lan: bool) -> None:
    bound_host, bound_port = sock.getsockname()[:2]
    open_to_all = bound_host in {ALL_ADDRESSES, "::"}
    lan_hosts = lan_addresses() if open_to_all else ()
    names = (*lan_hosts, *lan_names()) if open_to_all else (bound_host,)
    settings = settings.with_address(bound_host, bound_port, names)
    with ready_app(settings) as app:
        now: datetime = app.extensions["clock"]()
        publish_everything(settings, now=now)
        setup_token = one_time_links.new_setup_token(now=now) if one_time_links.needs_setup() else None
    addresses = find_addresses(settings, lan_hosts)
    lines = announcement(addresses, setup_token, reachable=open_to_all or settings.public_url is not None)
    server = Server(app, sock, threads=settings.threads, behind_proxy=settings.proxy_hops > 0)
    # From the first line on, so that whoever reads it can stop the server properly.
    with server.stopping_on_signals():
        _announce(lines, f"{addresses.students}/" if lan else None)
        _run(app, server)
    click.echo("Closer Look has stopped; everything that was shown as saved is saved.", err=True)


def _announce(lines: list[str], address_for_phones: str | None) -> None:
    for line in lines:
        click.echo(line)
    if address_for_phones is not None and sys.stdout.isatty():
        segno.make(address_for_phones, error="m").terminal(compact=True)
    click.echo("Stop with Ctrl+C.")
    sys.stdout.flush()


def _run(app: Flask, server: Server) -> None:
    keeper = retention.start_keeper(app)
    try:
        server.run()
    finally:
        keeper.set()


def find_addresses(settings: Settings, lan_hosts: Sequence[str]) -> Addresses:
    """What to tell people to type.

    Args:
        settings: with the address that is really listened on.
        lan_hosts: this computer's addresses on its networks, likeliest first.
    """
    everywhere = settings.host in {ALL_ADDRESSES, "::"}
    here = _url("127.0.0.1" if everywhere else settings.host, settings.port)
    known = [_url(host, settings.port) for host in lan_hosts]
    students = settings.public_url or (known[0] if known else here)
    return Addresses(students, here, tuple(url for url in known if url != students))


def announcement(addresses: Addresses, setup_token: str | None, *, reachable: bool) -> list[str]:
    """The lines a person needs to see when the app has started."""
    lines = ["Closer Look is running.", "", f"Students:  {addresses.students}/"]
    lines += [f"           or {url}/" for url in addresses.others]
    if setup_token is None:
        lines.append(f"Teachers:  {addresses.here}/sign-in")
    else:
        lines += [
            "",
            "Nobody is set up yet. Make the first teacher's account here (the address works once):",
            f"Set up:    {addresses.here}/setup/{setup_token}",
        ]
    lines.append("")
    if reachable:
        lines.append("Devices must be on the same network. If one cannot open the address: quizapp doctor")
    else:
        command = "python3 dev.py run --lan" if checkout_root() else "quizapp serve --lan"
        lines.append(f"Only this computer can open it. To let a class on the same network join: {command}")
    return lines


def _url(host: str, port: int) -> str:
    shown = f"[{host}]" if ":" in host else host
    return f"http://{shown}" if port == 80 else f"http://{shown}:{port}"
