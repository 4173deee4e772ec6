"""Settings, read from QUIZAPP_* variables of the environment and checked before anything starts."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from filelock import FileLock

from quizapp.paths import default_home

KEY_FILE = "secret-key"
KEY_BYTES = 32
LOOPBACK_NAMES = ("localhost", "127.0.0.1")
_EXAMPLE_WORDS = ("change", "example", "secret", "password", "default", "insecure", "replace", "your-key", "dev-key")
_TRUE = frozenset({"1", "true", "yes", "on"})
_FALSE = frozenset({"0", "false", "no", "off"})
_HOST_NAME = re.compile(r"(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,62})(\.[a-z0-9_]([a-z0-9_-]{0,62}))*", re.IGNORECASE)
_DATABASES = ("sqlite", "postgresql", "postgresql+psycopg")


class SettingsError(ValueError):
    """A setting that cannot be used; the message is one sentence that says what to do."""


@dataclass(frozen=True)
class Settings:
    """Everything the program can be told from outside. Build it with `from_env()`."""

    home: Path
    """The one folder that holds all data: database, secret key, uploaded pictures."""
    database_url: str = field(repr=False)
    """SQLAlchemy address; SQLite in `home` unless set."""
    host: str = "127.0.0.1"
    port: int = 8000
    public_url: str | None = None
    """The address people type, without a slash at the end; None when it is not known."""
    proxy_hops: int = 0
    """How many proxies in front may be believed about the visitor's address and scheme."""
    secure_cookies: bool = False
    trusted_hosts: tuple[str, ...] = LOOPBACK_NAMES
    """Host names answered to; a leading dot takes in all names below it. Never empty."""
    timezone: str = "UTC"
    threads: int = 4
    """Threads of the built-in server; size of the connection pool on PostgreSQL."""
    given_secret_key: str | None = field(default=None, repr=False)
    """A key from the environment, for several machines that must share one; else it is kept in `home`."""

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Reads the settings; touches no file.

        Args:
            environ: variables to read instead of the process's own.

        Raises:
            SettingsError: for the first value that cannot be used.
        """
        env = os.environ if environ is None else environ
        home = _home(env)
        public_url = _public_url(env)
        host = _host(env)
        return cls(
            home=home,
            database_url=_database_url(env, home),
            host=host,
            port=_number(env, "QUIZAPP_PORT", default=8000, low=1, high=65535),
            public_url=public_url,
            proxy_hops=_number(env, "QUIZAPP_PROXY_HOPS", default=0, low=0, high=5),
            secure_cookies=_secure_cookies(env, public_url),
            trusted_hosts=_trusted_hosts(env, public_url, host),
            timezone=_timezone(env),
            threads=_number(env, "QUIZAPP_THREADS", default=4, low=1, high=64),
            given_secret_key=_text(env, "QUIZAPP_SECRET_KEY"),
        )

    @property
    def sqlite_file(self) -> Path | None:
        """The database file, or None on PostgreSQL and for a database in memory."""
        scheme, _, rest = self.database_url.partition(":///")
        if scheme.partition("+")[0] != "sqlite" or rest in {"", ":memory:"}:
            return None
        return Path(rest.partition("?")[0])

    @property
    def media_dir(self) -> Path:
        """Where uploaded pictures are kept."""
        return self.home / "media"

    @cached_property
    def secret_key(self) -> str:
        """The key that signs; made and stored at the first use.

        Raises:
            SettingsError: when it is too short, an example, or the folder cannot be written.
        """
        return self._secret_keys[0]

    @property
    def old_secret_keys(self) -> tuple[str, ...]:
        """Keys that still verify but no longer sign: the further lines of the key file."""
        return self._secret_keys[1:]

    @cached_property
    def _secret_keys(self) -> tuple[str, ...]:
        if self.given_secret_key is not None:
            return (checked_key(self.given_secret_key, "QUIZAPP_SECRET_KEY"),)
        prepare_home(self.home)
        path = self.home / KEY_FILE
        try:
            _make_key_file(path)
            lines = [line.strip() for line in path.read_text("utf-8").splitlines() if line.strip()]
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(
                f"The secret key in {path} cannot be read or made ({_reason(error)}); "
                "let this user read and write that folder, or set QUIZAPP_HOME to another one."
            ) from error
        if not lines:
            raise SettingsError(f"The secret key file {path} is empty; delete it to have a new key made.")
        return tuple(checked_key(line, str(path)) for line in lines)

    def with_address(self, host: str, port: int, names: tuple[str, ...] = ()) -> Settings:
        """A copy that listens elsewhere and also answers to `names`."""
        hosts = dict.fromkeys((*self.trusted_hosts, *names))
        return replace(self, host=host, port=port, trusted_hosts=tuple(hosts))


def prepare_home(home: Path) -> None:
    """Makes the data folder if it is missing and proves that it can be written.

    Raises:
        SettingsError: when it cannot be made or written.
    """
    probe = home / f".write-test-{secrets.token_hex(4)}"
    try:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        probe.touch(exist_ok=False)
        probe.unlink()
    except OSError as error:
        raise SettingsError(
            f"The data folder {home} cannot be written ({_reason(error)}); "
            "give this user the right to write there, or set QUIZAPP_HOME to another folder."
        ) from error


def checked_key(key: str, where: str) -> str:
    """Returns `key` if it is fit to sign with.

    Raises:
        SettingsError: when it is shorter than 32 bytes, repeats itself, or reads like an example.
    """
    advice = f"make one with: python3 -c 'import secrets; print(secrets.token_hex({KEY_BYTES}))'"
    if len(key.encode()) < KEY_BYTES:
        raise SettingsError(f"The secret key in {where} is shorter than {KEY_BYTES} bytes; {advice}")
    lowered = key.lower()
    if len(set(key)) < 10 or any(word in lowered for word in _EXAMPLE_WORDS):
        raise SettingsError(f"The secret key in {where} looks like an example, not like chance; {advice}")
    return key


def _make_key_file(path: Path) -> None:
    """Stores a fresh key unless there is one; of two processes starting at once, one wins for both."""
    if path.exists():
        return
    with FileLock(path.with_name(f".{path.name}.lock"), timeout=10, mode=0o600):
        if path.exists():
            return
        draft = path.with_name(f".{path.name}-{secrets.token_hex(4)}")
        try:
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                file.write(secrets.token_hex(KEY_BYTES) + "\n")
                file.flush()
                os.fsync(file.fileno())
            # Complete or absent: a process that does not take the lock never reads half a key.
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)


def _reason(error: Exception) -> str:
    return (error.strerror or type(error).__name__) if isinstance(error, OSError) else "it is not text"


def _text(env: Mapping[str, str], name: str) -> str | None:
    return env.get(name, "").strip() or None


def _number(env: Mapping[str, str], name: str, *, default: int, low: int, high: int) -> int:
    text = _text(env, name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= 6 and low <= int(text) <= high):
        raise SettingsError(f"{name} is {text!r}; write a whole number from {low} to {high}.")
    return int(text)


def _home(env: Mapping[str, str]) -> Path:
    text = _text(env, "QUIZAPP_HOME")
    home = Path(text).expanduser() if text else default_home()
    if home.exists() and not home.is_dir():
        raise SettingsError(f"QUIZAPP_HOME is {str(home)!r}, which is a file; name a folder.")
    return home.absolute()


def _database_url(env: Mapping[str, str], home: Path) -> str:
    text = _text(env, "QUIZAPP_DATABASE_URL")
    if text is None:
        return f"sqlite:///{home / 'quizapp.sqlite3'}"
    scheme, separator, rest = text.partition("://")
    # The short name that hosting services hand out.
    scheme = "postgresql" if scheme == "postgres" else scheme
    if not separator or scheme not in _DATABASES or not rest:
        raise SettingsError(
            "QUIZAPP_DATABASE_URL must look like sqlite:////folder/file.sqlite3 or "
            "postgresql://user:password@server/database; leave it out for SQLite in the data folder."
        )
    return f"postgresql+psycopg://{rest}" if scheme.startswith("postgresql") else text


def _public_url(env: Mapping[str, str]) -> str | None:
    text = _text(env, "QUIZAPP_PUBLIC_URL")
    if text is None:
        return None
    sentence = f"QUIZAPP_PUBLIC_URL is {text!r}; write the address people type, such as https://quiz.myschool.org"
    try:
        parts = urlsplit(text)
        has_port = parts.port is None or parts.port > 0
    except ValueError as error:
        raise SettingsError(sentence) from error
    bare = not (parts.query or parts.fragment or parts.username or parts.password)
    if parts.scheme not in {"http", "https"} or not parts.hostname or not has_port or not bare:
        raise SettingsError(sentence)
    if parts.path not in {"", "/"}:
        raise SettingsError(f"QUIZAPP_PUBLIC_URL is {text!r}; leave out the part after the host name.")
    return text.rstrip("/")


def _secure_cookies(env: Mapping[str, str], public_url: str | None) -> bool:
    https = public_url is not None and public_url.startswith("https:")
    text = (_text(env, "QUIZAPP_SECURE_COOKIES") or "auto").lower()
    if text == "auto":
        return https
    if text in _TRUE:
        return True
    if text in _FALSE:
        if https:
            raise SettingsError("QUIZAPP_SECURE_COOKIES is off but QUIZAPP_PUBLIC_URL is https; leave the first out.")
        return False
    raise SettingsError(f"QUIZAPP_SECURE_COOKIES is {text!r}; write yes, no or auto.")


def _trusted_hosts(env: Mapping[str, str], public_url: str | None, host: str) -> tuple[str, ...]:
    names = list(LOOPBACK_NAMES)
    if public_url is not None and (public := urlsplit(public_url).hostname):
        names.append(public)
    if not _is_wildcard(host):
        names.append(host)
    for name in re.split(r"[,\s]+", _text(env, "QUIZAPP_TRUSTED_HOSTS") or ""):
        if not name:
            continue
        if not _HOST_NAME.fullmatch(name.removeprefix(".")):
            raise SettingsError(
                f"QUIZAPP_TRUSTED_HOSTS contains {name!r}; "
                "write host names separated by commas, without https:// or a port."
            )
        names.append(name.lower())
    return tuple(dict.fromkeys(names))


def _host(env: Mapping[str, str]) -> str:
    text = _text(env, "QUIZAPP_HOST") or "127.0.0.1"
    if not (_is_address(text) or _HOST_NAME.fullmatch(text)):
        raise SettingsError(
            f"QUIZAPP_HOST is {text!r}; write an address of this computer, such as 127.0.0.1 or 0.0.0.0."
        )
    return text


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _is_wildcard(host: str) -> bool:
    return _is_address(host) and ip_address(host).is_unspecified


def _timezone(env: Mapping[str, str]) -> str:
    name = _text(env, "QUIZAPP_TIMEZONE") or "UTC"
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise SettingsError(f"QUIZAPP_TIMEZONE is {name!r}; write a name such as Europe/Berlin or UTC.") from error
    return name
