"""What this running app knows: its clock, its key, the address people reach it at."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from zoneinfo import ZoneInfo

from flask import current_app, request

from quizapp.config import Settings


def settings() -> Settings:
    """Return the settings this app was made with."""
    found: Settings = current_app.extensions["settings"]
    return found


def now() -> datetime:
    """Return the present moment by the app's clock, in UTC."""
    moment: datetime = current_app.extensions["clock"]()
    return moment


def day_ends(moment: datetime) -> datetime:
    """Return the end of a moment's day where the school is."""
    here = moment.astimezone(ZoneInfo(settings().timezone))
    midnight = (here + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight.astimezone(UTC)


def key() -> str:
    """Return the instance key."""
    return settings().secret_key


def network() -> str:
    """Return the address a request comes from, for counting failures; it is never stored."""
    return request.remote_addr or "unknown"


def base_address() -> str:
    """Return the address students type, without a slash at its end."""
    return settings().public_url or request.host_url.rstrip("/")


def reaches_only_this_computer() -> bool:
    """Tell whether that address works on no other device."""
    host = base_address().split("//", 1)[-1].rsplit(":", 1)[0].strip("[]")
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
