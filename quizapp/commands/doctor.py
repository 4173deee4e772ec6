"""`quizapp doctor`: looks at everything that keeps a class from getting in, and says what to do."""

from __future__ import annotations

import shutil
import sqlite3
import stat
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.client import HTTPException
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener
from zoneinfo import ZoneInfo

import click
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from quizapp import __version__
from quizapp.app import create_app
from quizapp.backup import newest_backup
from quizapp.config import KEY_FILE, Settings, SettingsError, prepare_home
from quizapp.paths import resource_dir
from quizapp.server import PortTakenError, lan_addresses, listen
from quizapp.services import condition
from quizapp.upgrade import current_revision, newest_revision

FIXED_SQLITE = (3, 51, 3)
"""Older ones can damage a database that two programs write to at the same instant."""
LOW_SPACE_BYTES = 500 * 1024 * 1024
OLD_BACKUP = timedelta(days=7)
CLOCK_SLACK = timedelta(minutes=2)
ANSWER_SECONDS = 3


@dataclass(frozen=True)
class Finding:
    """One line of the report."""

    ok: bool
    what: str
    advice: str = ""


DAMAGED = Finding(
    False, "The database is damaged", "Stop Closer Look and restore the newest backup: quizapp restore FILE --replace"
)


@click.command()
def doctor() -> None:
    """Checks address, network, clock, disk, database and backups; changes nothing.

    Each line says OK, or LOOK with what to do. Exit code 1 when there is something to look at.

    Example: quizapp doctor
    """
    settings = Settings.from_env()
    findings = list(examine(settings, datetime.now(UTC)))
    for finding in findings:
        click.echo(f"{'OK  ' if finding.ok else 'LOOK'}  {finding.what}")
        if finding.advice:
            click.echo(f"      {finding.advice}")
    sys.exit(0 if all(finding.ok for finding in findings) else 1)


def examine(settings: Settings, now: datetime) -> Iterator[Finding]:
    """All findings, in the order in which a person would look.

    Args:
        settings: of the app to look at, which may be running meanwhile.
        now: the present moment by this computer's clock.
    """
    yield Finding(True, f"Closer Look {__version__} on Python {sys.version.split()[0]}")
    home = _home(settings)
    yield home
    if home.ok:
        yield _secret_key(settings)
        yield _space(settings)
        yield from _database(settings, now)
        yield _backup(settings, now)
    yield _browser_parts()
    running = _answers(f"http://127.0.0.1:{settings.port}/health")
    yield _port(settings, running=running)
    yield from _network(settings, running=running)
    yield _encryption(settings)
    yield _time_zone(settings, now)


def _home(settings: Settings) -> Finding:
    try:
        prepare_home(settings.home)
    except SettingsError as error:
        return Finding(False, "The data folder cannot be used", str(error))
    return Finding(True, f"Data folder {settings.home}")


def _secret_key(settings: Settings) -> Finding:
    path = settings.home / KEY_FILE
    if settings.given_secret_key is None and not path.exists():
        return Finding(True, "No secret key yet; the first start makes one")
    try:
        # Reading it checks it.
        assert settings.secret_key  # noqa: S101 - never false: it raises
    except SettingsError as error:
        return Finding(False, "The secret key cannot be used", str(error))
    if path.exists() and sys.platform != "win32" and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        return Finding(False, "Other users of this computer can read the secret key", f"Run: chmod 600 {path}")
    return Finding(True, "Secret key")


def _space(settings: Settings) -> Finding:
    free = shutil.disk_usage(settings.home).free
    text = f"{free / 1e9:.1f} GB free for the data"
    return Finding(free >= LOW_SPACE_BYTES, text, "" if free >= LOW_SPACE_BYTES else "Make room on this disk.")


def _database(settings: Settings, now: datetime) -> Iterator[Finding]:
    if settings.sqlite_file is not None:
        yield _sqlite_version()
        if not settings.sqlite_file.exists():
            yield Finding(True, "No database yet; the first start makes one")
            return
    try:
        app = create_app(settings)
        with app.app_context():
            try:
                yield from _inside(app, now)
            finally:
                condition.close_connections()
    except (SQLAlchemyError, SettingsError) as error:
        original = getattr(error, "orig", error)
        if isinstance(original, sqlite3.DatabaseError) and not isinstance(original, sqlite3.OperationalError):
            yield DAMAGED
            return
        reason = str(original).strip().splitlines()[0]
        yield Finding(False, f"The database does not answer ({reason})", "Check that it runs and QUIZAPP_DATABASE_URL.")


def _inside(app: Flask, now: datetime) -> Iterator[Finding]:
    if current_revision(app) != newest_revision(app):
        yield Finding(False, "The database is not up to date", "Start Closer Look once, or run: quizapp migrate")
        return
    sound = _sound()
    yield sound
    if sound.ok:
        yield _clock(now)


def _sqlite_version() -> Finding:
    version = sqlite3.sqlite_version
    if sqlite3.sqlite_version_info >= FIXED_SQLITE:
        return Finding(True, f"SQLite {version}")
    fixed = ".".join(map(str, FIXED_SQLITE))
    return Finding(
        True,
        f"SQLite {version}, older than {fixed}: safe as it is used here, by one writer at a time",
        "Do not open the database with another program while Closer Look runs.",
    )


def _sound() -> Finding:
    if condition.is_sound():
        return Finding(True, "Database sound")
    return DAMAGED


def _clock(now: datetime) -> Finding:
    newest = condition.latest_moment()
    if newest is not None and newest > now + CLOCK_SLACK:
        return Finding(
            False,
            f"The clock says {now:%Y-%m-%d %H:%M} UTC, but something was stored at {newest:%Y-%m-%d %H:%M}",
            "Set this computer's clock; time limits and due dates depend on it.",
        )
    return Finding(True, f"Clock: {now:%Y-%m-%d %H:%M} UTC")


def _backup(settings: Settings, now: datetime) -> Finding:
    newest = newest_backup(settings.home)
    advice = "Run: quizapp backup, and keep a copy on another disk."
    if newest is None:
        has_data = settings.sqlite_file is None or settings.sqlite_file.exists()
        return Finding(not has_data, "No backup yet", advice if has_data else "")
    age = now - datetime.fromtimestamp(newest.stat().st_mtime, UTC)
    text = f"Newest backup is {age.days} days old" if age.days else "Newest backup is from the last 24 hours"
    return Finding(age <= OLD_BACKUP, text, "" if age <= OLD_BACKUP else advice)


def _browser_parts() -> Finding:
    if (resource_dir("static") / "vendor" / "htmx.min.js").is_file():
        return Finding(True, "Parts for the browser")
    return Finding(
        False, "Some parts for the browser are missing", "Run: python3 dev.py run, connected to the internet."
    )


def _port(settings: Settings, *, running: bool) -> Finding:
    if running:
        return Finding(True, f"Closer Look answers on port {settings.port}")
    try:
        listen(settings.host, settings.port).close()
    except PortTakenError as error:
        advice = f"Start with --port {error.free}." if error.free else "Start with another --port."
        return Finding(False, f"Port {settings.port} is taken by another program", advice)
    except OSError as error:
        return Finding(False, f"Port {settings.port} cannot be used", str(error))
    return Finding(True, f"Port {settings.port} is free; Closer Look does not run now")


def _network(settings: Settings, *, running: bool) -> Iterator[Finding]:
    addresses = lan_addresses()
    if not addresses:
        yield Finding(
            False, "This computer is on no network", "Connect it to the same network as the students' devices."
        )
        return
    url = f"http://{addresses[0]}:{settings.port}/"
    if not running:
        yield Finding(True, f"Address on this network: {url} (start with --lan)")
        return
    if not _answers(f"{url}health"):
        advice = "It was started for this computer only; start it with: quizapp serve --lan"
        yield Finding(False, f"{url} does not answer", advice)
        return
    yield Finding(True, f"Closer Look answers at {url}, as far as this computer can see")
    yield Finding(True, "If a student's device cannot open that address:", "\n      ".join(network_hints()))


def network_hints() -> list[str]:
    """What to try when other devices get no answer, firewall of this system first."""
    firewall: dict[str, str] = {
        "win32": "Windows: Settings, Privacy & security, Windows Security, Firewall: allow Python on private networks.",
        "darwin": "macOS: System Settings, Network, Firewall: allow incoming connections for Python.",
    }
    return [
        firewall.get(sys.platform, "Linux: if a firewall is on, allow the port, for example: sudo ufw allow 8000/tcp"),
        "Is the device on the same network, and not on the guest network or mobile data?",
        "Guest and school networks often keep devices apart (client isolation): ask for it to be lifted,",
        "or let this computer open a hotspot and the students join that.",
    ]


def _encryption(settings: Settings) -> Finding:
    if settings.secure_cookies:
        return Finding(True, "Connections are encrypted (https)")
    return Finding(
        True,
        "Connections are not encrypted: fine on this computer and on a network you trust",
        "For a whole school put it behind a server with https; the documentation says how.",
    )


def _time_zone(settings: Settings, now: datetime) -> Finding:
    local = now.astimezone(ZoneInfo(settings.timezone))
    return Finding(True, f"Times are shown as {settings.timezone}: it is {local:%H:%M} now (QUIZAPP_TIMEZONE)")


def _answers(url: str) -> bool:
    # Straight there: a proxy from the environment knows nothing of this computer.
    opener = build_opener(ProxyHandler({}))
    try:
        with opener.open(url, timeout=ANSWER_SECONDS) as response:
            return bool(response.status == 200)
    except (URLError, HTTPException, OSError):
        return False
