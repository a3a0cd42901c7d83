"""Keep the README honest: run the commands that it shows, and put what they print below them.

``python tooling/readme.py`` rewrites the README; ``--check`` writes nothing and exits 1 when what it shows is not what
happens. Commands are the lines that start with ``$`` in ``console`` blocks between the comments ``<!-- run here -->``
(in this repository) or ``<!-- run in a scratch folder -->`` and ``<!-- end -->``. Commit ids are not compared.
"""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
REGION = re.compile(r"<!-- run (here|in a scratch folder) -->\n(.*?)<!-- end -->", re.DOTALL)
BLOCK = re.compile(r"(`{3,})console\n(.*?)^\1$", re.DOTALL | re.MULTILINE)
COMMIT = re.compile(r"\b[0-9a-f]{7,40}\b")
TIMEOUT = 60


class Shell:
    """Runs one command after another in a folder that they may change; the environment is a newcomer's."""

    def __init__(self, folder: Path, home: Path) -> None:
        self.folder = folder
        self.environment = {
            "HOME": str(home),
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "LANG": "C.UTF-8",
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_AUTHOR_DATE": "2026-01-01T00:00:00Z",
            "GIT_COMMITTER_DATE": "2026-01-01T00:00:00Z",
        }
        for name in ("PYTHONPYCACHEPREFIX", "PYTHONDONTWRITEBYTECODE"):
            if name in os.environ:
                self.environment[name] = os.environ[name]  # nothing is left behind in the checkout

    def run(self, command: str) -> str:
        """Return what *command* prints, both streams."""
        script = f'{command}\nstatus=$?\npwd > "$HOME/folder"\nexit $status'
        done = subprocess.run(
            ["bash", "-c", script],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            timeout=TIMEOUT,
            check=False,
        )
        self.folder = Path((Path(self.environment["HOME"]) / "folder").read_text(encoding="utf-8").strip())
        return done.stdout


def current(text: str) -> str:
    """Return the README with what its commands print now."""
    return REGION.sub(_region, text)


def _region(match: re.Match[str]) -> str:
    with tempfile.TemporaryDirectory() as home:
        scratch = Path(home) / "work"
        scratch.mkdir()
        shell = Shell(ROOT if match[1] == "here" else scratch, Path(home))
        body = BLOCK.sub(lambda block: f"{block[1]}console\n{_block(block[2], shell)}{block[1]}", match[2])
    return f"<!-- run {match[1]} -->\n{body}<!-- end -->"


def _block(text: str, shell: Shell) -> str:
    shown = []
    for command in _commands(text):
        shown.append(f"$ {command}\n")
        printed = shell.run(command.replace("\n> ", "\n"))
        if printed:
            shown.append(printed if printed.endswith("\n") else printed + "\n")
    return "".join(shown)


def _commands(text: str) -> list[str]:
    """Return the commands of a block; lines that start with ``>`` continue the one before."""
    commands: list[str] = []
    for line in text.splitlines():
        if line.startswith("$ "):
            commands.append(line[2:])
        elif line.startswith("> ") and commands:
            commands[-1] += "\n" + line
    return commands


def main() -> int:
    """Write or check, and return the exit code."""
    before = README.read_text(encoding="utf-8")
    after = current(before)
    if COMMIT.sub("0000000", before) == COMMIT.sub("0000000", after):
        return 0
    if "--check" in sys.argv[1:]:
        print("README.md: what it shows is not what its commands print; run python tooling/readme.py")
        return 1
    README.write_text(after, encoding="utf-8")
    print("README.md: written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
