"""A client of the Language Server Protocol over stdio, as small as an editor can be."""

import json
import os
import queue
import subprocess
import threading
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

TIMEOUT = 30


class LanguageServer:
    """A running server with the folder *root* open. *settings* answer its ``workspace/configuration``."""

    def __init__(self, command: Sequence[str | Path], root: Path, settings: dict[str, Any]) -> None:
        self.root = root
        self._settings = settings
        self._identifier = 0
        self._messages: queue.Queue[dict[str, Any] | None] = queue.Queue()
        self._diagnostics: dict[str, list[dict[str, Any]]] = {}
        self._process = subprocess.Popen(
            [str(part) for part in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        self._reader = threading.Thread(target=self._read_all, daemon=True)
        self._reader.start()
        folder = {"uri": root.as_uri(), "name": root.name}
        capabilities = {
            "workspace": {"configuration": True, "workspaceFolders": True},
            "textDocument": {"completion": {"completionItem": {"snippetSupport": False}}, "hover": {}},
        }
        self.request(
            "initialize",
            {
                "processId": os.getpid(),
                "rootUri": root.as_uri(),
                "workspaceFolders": [folder],
                "capabilities": capabilities,
            },
        )
        self._notify("initialized", {})
        self._notify("workspace/didChangeConfiguration", {"settings": settings})

    def __enter__(self) -> "LanguageServer":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if error is None:
                self.request("shutdown", None)
                self._notify("exit", None)
                self._process.wait(TIMEOUT)
        finally:
            self._process.kill()
            self._process.wait()
            self._reader.join()
            for stream in (self._process.stdin, self._process.stdout):
                if stream is not None:
                    stream.close()

    def open(self, path: str, text: str) -> list[dict[str, Any]]:
        """Open *text* as the file *path*, which need not exist, and return what the server finds wrong with it.

        A path can be opened once: nothing says which of two texts a later list of errors is about.
        """
        uri = (self.root / path).as_uri()
        assert uri not in self._diagnostics, f"{path} was opened before"
        item = {"uri": uri, "languageId": "yaml", "version": 1, "text": text}
        self._notify("textDocument/didOpen", {"textDocument": item})
        while uri not in self._diagnostics:
            self._handle(self._next())
        return self._diagnostics[uri]

    def completions(self, path: str, line: int, character: int) -> list[str]:
        """Return the labels offered at a place, line and character from 0."""
        found = self.request("textDocument/completion", self._place(path, line, character)) or []
        items = found["items"] if isinstance(found, dict) else found
        return [item["label"] for item in items]

    def hover(self, path: str, line: int, character: int) -> str:
        """Return what is shown at a place, line and character from 0."""
        found = self.request("textDocument/hover", self._place(path, line, character))
        return str(found["contents"]["value"]) if found else ""

    def request(self, method: str, params: Any) -> Any:
        """Send a request and return its result."""
        self._identifier += 1
        self._send({"id": self._identifier, "method": method, "params": params})
        while True:
            message = self._next()
            if message.get("id") == self._identifier and "method" not in message:
                assert "error" not in message, message
                return message["result"]
            self._handle(message)

    def _place(self, path: str, line: int, character: int) -> dict[str, Any]:
        place = {"line": line, "character": character}
        return {"textDocument": {"uri": (self.root / path).as_uri()}, "position": place}

    def _handle(self, message: dict[str, Any]) -> None:
        if message.get("method") == "textDocument/publishDiagnostics":
            self._diagnostics[message["params"]["uri"]] = message["params"]["diagnostics"]
        elif "id" in message:
            result = None
            if message["method"] == "workspace/configuration":
                result = [self._settings.get(item.get("section")) for item in message["params"]["items"]]
            elif message["method"] == "workspace/workspaceFolders":
                result = [{"uri": self.root.as_uri(), "name": self.root.name}]
            self._send({"id": message["id"], "result": result})

    def _notify(self, method: str, params: Any) -> None:
        self._send({"method": method, "params": params})

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0"} | message).encode()
        assert self._process.stdin is not None
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        self._process.stdin.flush()

    def _next(self) -> dict[str, Any]:
        message = self._messages.get(timeout=TIMEOUT)
        assert message is not None, "the server has ended"
        return message

    def _read_all(self) -> None:
        stream = self._process.stdout
        assert stream is not None
        while header := stream.readline():
            length = 0
            while header.strip():
                name, _, value = header.partition(b":")
                length = int(value) if name.lower() == b"content-length" else length
                header = stream.readline()
            self._messages.put(json.loads(stream.read(length)))
        self._messages.put(None)
