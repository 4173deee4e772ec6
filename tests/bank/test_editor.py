"""A real editor's language server with our schema: it underlines, completes and explains. Nothing is fetched."""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from quizapp.bank.schema import DESCRIPTIONS, FILE_NAME, bank_schema
from tests.javascript import node

ROOT = Path(__file__).resolve().parents[2]
SERVER = ROOT / "node_modules" / "yaml-language-server" / "bin" / "yaml-language-server"
PATIENCE_SECONDS = 60
SETTINGS = {
    "yaml": {"schemaStore": {"enable": False}, "validate": True, "completion": True, "hover": True, "schemas": {}},
    "http": {"proxy": "", "proxyStrictSSL": True},
}
BANK = f"""\
# yaml-language-server: $schema={FILE_NAME}
format: 1
bank: towns
title: Towns
language: en
questions:
  - id: capital
    type: choice
    prompt: Which town is the capital?
    options:
      - right: 1.10
        why: yes
      - wrong: 2024-01-01
        lure: cynical
  - id: who
    type: short
    prompt: Who?
    accept: [us, 12]
    why: So.
"""


class Editor:
    """The client's side of the protocol: whole messages with a length before each, over the server's pipes."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self.input, self.output = process.stdin, process.stdout
        self.number = 0
        self.told: dict[str, list[dict[str, Any]]] = {}

    def send(self, **message: Any) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.input.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.input.flush()

    def ask(self, method: str, params: Any) -> Any:
        self.number += 1
        self.send(id=self.number, method=method, params=params)
        while True:
            message = self.receive()
            if message.get("id") == self.number and "method" not in message:
                return message.get("result")

    def receive(self) -> dict[str, Any]:
        """The next message; what the server asks itself is answered, what it says of files is kept."""
        length = 0
        while line := self.output.readline().strip():
            name, _, value = line.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        message: dict[str, Any] = json.loads(self.output.read(length))
        if "method" in message and "id" in message:
            asked = message["params"].get("items", []) if message["method"] == "workspace/configuration" else None
            answer = None if asked is None else [SETTINGS.get(one.get("section") or "", {}) for one in asked]
            self.send(id=message["id"], result=answer)
        if message.get("method") == "textDocument/publishDiagnostics":
            self.told[message["params"]["uri"]] = message["params"]["diagnostics"]
        return message

    def open(self, file: Path, text: str) -> list[tuple[int, int, str]]:
        """Show a text, and give what is underlined: line and column from 1, and the sentence."""
        uri = file.as_uri()
        file.write_text(text, "utf-8")
        document = {"uri": uri, "languageId": "yaml", "version": 1, "text": text}
        self.send(method="textDocument/didOpen", params={"textDocument": document})
        while uri not in self.told:
            self.receive()
        places = [(one["range"]["start"], one["message"]) for one in self.told[uri]]
        return [(start["line"] + 1, start["character"] + 1, message) for start, message in places]

    def at(self, method: str, file: Path, line: int, column: int) -> Any:
        position = {"line": line - 1, "character": column - 1}
        return self.ask(method, {"textDocument": {"uri": file.as_uri()}, "position": position})


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("banks")
    (folder / FILE_NAME).write_text(json.dumps(bank_schema()), "utf-8")
    return folder


@pytest.fixture(scope="module")
def editor(folder: Path) -> Iterator[Editor]:
    assert SERVER.exists(), "python3 dev.py test brings the language server along"
    with subprocess.Popen([node(), str(SERVER), "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        watchdog = threading.Timer(PATIENCE_SECONDS, process.kill)
        watchdog.start()
        editor = Editor(process)
        able = {"workspace": {"configuration": True}, "textDocument": {"hover": {"contentFormat": ["markdown"]}}}
        editor.ask("initialize", {"processId": None, "rootUri": folder.as_uri(), "capabilities": able})
        editor.send(method="initialized", params={})
        editor.send(method="workspace/didChangeConfiguration", params={"settings": SETTINGS})
        yield editor
        watchdog.cancel()
        process.kill()


def test_a_good_bank_is_not_underlined(editor: Editor, folder: Path) -> None:
    assert editor.open(folder / "good.yaml", BANK) == []


def test_slips_are_underlined_at_their_places(editor: Editor, folder: Path) -> None:
    text = BANK.replace("    prompt: Which", "    promt: Which").replace("lure: cynical", "lure: cynicism")
    found = {(line, column) for line, column, _ in editor.open(folder / "slips.yaml", text)}
    assert {(7, 5), (9, 5), (14, 15)} <= found  # what lacks its prompt, the misspelt name, the unknown word


def test_names_and_words_are_completed(editor: Editor, folder: Path) -> None:
    file = folder / "complete.yaml"
    editor.open(file, BANK.replace("        lure: cynical\n", "        \n").replace("type: short", "type: "))
    labels = {one["label"] for one in editor.at("textDocument/completion", file, 14, 9)["items"]}
    assert {"why", "lure", "misconception", "pin"} <= labels
    words = {one["label"] for one in editor.at("textDocument/completion", file, 16, 11)["items"]}
    assert {"choice", "short", "highlight"} <= words


def test_fields_are_explained(editor: Editor, folder: Path) -> None:
    file = folder / "explain.yaml"
    editor.open(file, BANK)
    for line, column, field in ((9, 6, "prompt"), (14, 10, "lure"), (18, 6, "accept"), (2, 3, "format")):
        shown = json.dumps(editor.at("textDocument/hover", file, line, column), ensure_ascii=False)
        assert DESCRIPTIONS[field].replace("*", "")[:25] in shown.replace("\\\\", "").replace("*", ""), shown
