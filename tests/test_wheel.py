"""The program as a teacher installs it: from the wheel, without the checkout."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import zipfile
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

import pytest

from tests import wheel

OPENER = build_opener(ProxyHandler({}))


def fetch(url: str, **headers: str) -> tuple[int, str]:
    """Status and text of a page."""
    try:
        with OPENER.open(Request(url, headers=headers), timeout=20) as response:  # noqa: S310 - an address of ours
            return response.status, response.read().decode("utf-8", "replace")
    except HTTPError as error:
        with error:
            return error.code, error.read().decode("utf-8", "replace")


def command(python: Path, *words: str, home: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Runs the installed `quizapp` command to its end, away from the checkout."""
    program = python.with_name("quizapp.exe" if os.name == "nt" else "quizapp")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("QUIZAPP_", "PYTHON"))}
    environment = {**kept, "QUIZAPP_HOME": str(home), **variables}
    return subprocess.run(
        [str(program), *words],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        cwd=python.parent,
        env=environment,
    )


def test_wheel_carries_pages_styles_parts_and_banks(built_wheel: Path) -> None:
    with zipfile.ZipFile(built_wheel) as archive:
        names = set(archive.namelist())
    inside = "quizapp/_bundled"
    assert {
        f"{inside}/templates/base.html",
        f"{inside}/static/css/base.css",
        f"{inside}/static/vendor/htmx.min.js",
        f"{inside}/static/vendor/codemirror.min.js",
        f"{inside}/static/vendor/codemirror.LICENSE.txt",
        f"{inside}/static/vendor/atkinson-hyperlegible-next.woff2",
        f"{inside}/static/vendor/atkinson-hyperlegible-next.LICENSE.txt",
        f"{inside}/questions/skills.yaml",
        "quizapp/migrations/env.py",
        "quizapp/migrations/versions/0001_the_first_tables.py",
        "quizapp/migrations/script.py.mako",
        "quizapp/py.typed",
    } <= names
    assert not [name for name in names if name.startswith(("tests/", "templates/", "static/")) or "__pycache__" in name]


def test_installed_program_serves_its_pages_and_parts(wheel_server: str) -> None:
    status, page = fetch(f"{wheel_server}/")
    assert status == 200
    parts = set(re.findall(r'(?:href|src)="(/static/[^"]+)"', page))
    assert any(part.endswith(".css") for part in parts)
    parts |= {f"/static/vendor/{name}" for name in ("htmx.min.js", "atkinson-hyperlegible-next.woff2")}
    assert {part: fetch(wheel_server + part)[0] for part in parts} == dict.fromkeys(parts, 200)


def test_installed_program_answers_only_to_its_own_names(wheel_server: str) -> None:
    assert fetch(f"{wheel_server}/", Host="evil.example")[0] == 400
    assert fetch(f"{wheel_server}/", Host="localhost")[0] == 200


def test_installed_program_tells_no_version_of_its_parts(wheel_server: str) -> None:
    with OPENER.open(f"{wheel_server}/", timeout=20) as response:
        assert "Server" not in response.headers


def test_first_start_prints_a_set_up_address_that_works_and_stops_gracefully(
    wheel_python: Path, tmp_path: Path
) -> None:
    with wheel.serve(wheel_python, tmp_path) as server:
        opening = "\n".join(server.opening_lines)
        (address,) = re.findall(r"Set up: +(http://\S+)", opening)
        assert fetch(address)[0] == 200
        assert fetch(address[:-3] + "xxx")[0] == 410
        assert "--lan" in opening
        second = command(wheel_python, "serve", "--port", "0", home=tmp_path)
        assert second.returncode == 1
        assert "already runs" in second.stderr
        assert "Traceback" not in second.stderr
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(30) == 0


def test_taken_port_is_told_with_the_next_free_one(wheel_server: str, wheel_python: Path, tmp_path: Path) -> None:
    port = wheel_server.rsplit(":", 1)[1]
    done = command(wheel_python, "serve", "--port", port, home=tmp_path / "home")
    assert done.returncode == 1
    assert re.search(rf"Port {port} is taken.*--port \d+", done.stderr)
    assert done.stdout == ""


def test_for_a_class_it_listens_on_the_network_and_answers_to_its_address(wheel_python: Path, tmp_path: Path) -> None:
    with wheel.serve(wheel_python, tmp_path, "--lan") as server:
        port = server.url.rsplit(":", 1)[1]
        # By its name on the network, yet without leaving this computer.
        assert fetch(f"http://127.0.0.1:{port}/", Host=server.url.removeprefix("http://"))[0] == 200
        assert fetch(f"http://127.0.0.1:{port}/", Host="192.0.2.99")[0] == 400
        assert not any("--lan" in line for line in server.opening_lines)


def test_data_live_through_backup_and_restore_of_the_installed_program(wheel_python: Path, tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    assert command(wheel_python, "publish", home=old).returncode == 0
    saved = command(wheel_python, "backup", str(tmp_path / "b.zip"), home=old)
    assert saved.stdout.strip() == str(tmp_path / "b.zip")
    assert command(wheel_python, "restore", str(tmp_path / "b.zip"), home=new).returncode == 0
    again = command(wheel_python, "restore", str(tmp_path / "b.zip"), home=new)
    assert (again.returncode, again.stdout) == (1, "")
    assert "--replace" in again.stderr
    assert command(wheel_python, "migrate", home=new).returncode == 0


@pytest.mark.parametrize(
    "words", [(), ("serve",), ("doctor",), ("backup",), ("restore",), ("publish",), ("reset-password",)]
)
def test_help_has_an_example(wheel_python: Path, tmp_path: Path, words: tuple[str, ...]) -> None:
    done = command(wheel_python, *words, "--help", home=tmp_path / "home")
    assert done.returncode == 0
    assert "Example: quizapp " in done.stdout


def test_unwritable_folder_is_told_in_a_sentence(wheel_python: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = command(wheel_python, "serve", home=tmp_path / "file" / "home")
    assert done.returncode == 1
    assert "cannot be written" in done.stderr
    assert "Traceback" not in done.stderr
