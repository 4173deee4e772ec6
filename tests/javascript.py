"""Runs scripts of the pages without a page: their pure parts, in Node."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent


def node() -> str:
    """Node, from the machine or from the environment that `dev.py test` made."""
    found = shutil.which("node") or shutil.which("node", path=str(Path(sys.executable).parent))
    assert found is not None, "python3 dev.py test brings Node along"
    return found


def evaluate(module: str, expression: str, given: Any) -> Any:
    """The value of an expression over the names that a module of static/js exports.

    Args:
        module: the module's path in static/js.
        expression: JavaScript; `given` is what was handed in, the exported names are there by themselves as `its`.
        given: plain data.
    """
    script = (
        f"import * as its from {json.dumps((ROOT / 'static' / 'js' / module).as_uri())};\n"
        "let text = ''; for await (const part of process.stdin) text += part;\n"
        f"const given = JSON.parse(text);\nconsole.log(JSON.stringify({expression}));"
    )
    done = subprocess.run(
        [node(), "--no-warnings", "--input-type=module", "--eval", script],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        check=False,
        encoding="utf-8",
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
