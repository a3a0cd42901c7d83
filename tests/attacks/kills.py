"""Commands that write or pay, killed at random moments: nothing is lost, doubled, half written or left for Git to see.

Each try starts a command in a repository of its own, kills it once to three times, and lets it come to its end. The
same seed chooses the same commands, signals and moments; what a moment hits depends on the machine.
"""

import os
import random
import shutil
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from unittest.mock import patch

from tests.attacks.killed import ASKED, AT_ONCE, PROGRAM, SCENARIOS, changed, lines_of
from tests.attacks.outcome import Outcome
from tests.command_line import environment
from tests.commands.test_eval_live import point_at, serving
from tests.conftest import ScratchRepository, make_repository
from tests.providers.server import Server
from tests.samples import OUTPUTS, case_id

GIT = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"} | {
    f"GIT_{role}_{what}": value
    for role in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "Test Author"), ("EMAIL", "author@example.org"))
}
IGNORED = "outputs.new.jsonl\njudgements.new.jsonl\n*.run.jsonl\n.promptstead/\n.promptstead-*\n*.bundle\n"
"""What ``promptstead init`` writes to .gitignore."""
TEMPORARY = ".promptstead-"
TIMEOUT = 60
SIGNALS = [signal.SIGKILL] * 6 + [signal.SIGTERM, signal.SIGINT] * 2
CODES = {signal.SIGKILL: (-9,), signal.SIGTERM: (143, -15), signal.SIGINT: (130, -2)}
"""What a shell calls 143 is -15 where the signal meets a Python that is taking itself down."""

Files = dict[str, bytes]


@dataclass(slots=True)
class Whole:
    """What a command does that nobody disturbs: the files before and after, its exit code, what Git sees, how long."""

    root: Path
    before: Files
    after: Files
    code: int
    status: str
    seconds: float


@dataclass(slots=True)
class Attack:
    """The tries, and what did not hold."""

    folder: Path
    server: Server
    env: dict[str, str] = field(default_factory=dict)
    outcome: Outcome = field(default_factory=Outcome)
    wholes: dict[str, Whole] = field(default_factory=dict)

    def whole(self, name: str) -> Whole:
        """Run a command once undisturbed, and keep the repository as it was before."""
        if name not in self.wholes:
            scenario = SCENARIOS[name]
            root = self.folder / name.replace(" ", "")
            repository = make_repository(root)
            repository.write(".gitignore", IGNORED)
            scenario.prepare(repository)
            if scenario.kept:
                self.env |= point_at(repository, self.server)
            if scenario.prepare is not changed:
                repository.commit()
            copy = self.copy(root, f"{root.name}.whole")
            started = time.monotonic()
            code, err = self.finish(scenario.command, copy)
            seconds = time.monotonic() - started
            assert code in (0, 1), err
            self.wholes[name] = Whole(root, files_of(root), files_of(copy), code, status_of(copy), seconds)
        return self.wholes[name]

    def copy(self, root: Path, name: str) -> Path:
        """Copy a repository, with what it keeps outside."""
        for suffix in ("", ".store"):
            source, target = root.with_name(root.name + suffix), root.with_name(name + suffix)
            shutil.rmtree(target, ignore_errors=True)
            if source.exists():
                shutil.copytree(source, target, symlinks=True)
        return root.with_name(name)

    def started(self, command: tuple[str, ...], root: Path) -> "subprocess.Popen[str]":
        """Start a command as a person does, in a session of its own."""
        store = str(root.with_name(f"{root.name}.store"))
        return subprocess.Popen(
            [*PROGRAM, *command],
            cwd=root,
            env=environment(CI="", PROMPTSTEAD_STORE=store, **self.env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def finish(self, command: tuple[str, ...], root: Path) -> tuple[int, str]:
        """Run a command to its end; return its exit code and what it said."""
        process = self.started(command, root)
        _, err = process.communicate(timeout=TIMEOUT)
        return process.returncode, err

    def attempt(self, name: str, chance: random.Random, number: int, most: int) -> int:
        """Kill a command up to *most* times, then let it finish; return how often it was killed."""
        scenario, whole = SCENARIOS[name], self.whole(name)
        root = self.copy(whole.root, f"{whole.root.name}.tried")
        asked_before = len(self.server.bodies)
        kills = chance.randint(1, most)
        command = scenario.command
        for kill in range(kills):
            sent = chance.choice(SIGNALS)
            known = sum(scenario.kept(root).values()) if scenario.kept else 0
            at = f"try {number}, {name}, {sent.name} number {kill + 1}"
            self.kill(command, root, sent, chance, whole.seconds, at)
            self.look(name, root, at)
            if scenario.kept:
                self.look_paid(scenario.kept(root), known, len(self.server.bodies) - asked_before, kill + 1, at)
            if scenario.again and any(lines_of(root / "live.run.jsonl")):
                command = scenario.again
        self.end(name, command, root, f"try {number}, {name}, after {kills} kills")
        if scenario.kept:
            at = f"try {number}, {name}, at its end"
            found = scenario.kept(root)
            if found != Counter(case_id(number) for number in range(ASKED)):
                self.failed(at, f"answers of cases are lost or doubled: {dict(found)}")
            self.look_paid(found, ASKED, len(self.server.bodies) - asked_before, kills, at)
        return kills

    def kill(
        self,
        command: tuple[str, ...],
        root: Path,
        sent: signal.Signals,
        chance: random.Random,
        seconds: float,
        at: str,
    ) -> None:
        """Start a command and end it, at a moment of its whole time or soon after it began to write."""
        soon, linger, moment = chance.random() < 0.5, chance.uniform(0, 0.03), chance.uniform(0, seconds)
        before = names_of(root)
        process = self.started(command, root)
        started = time.monotonic()
        with suppress(ProcessLookupError):
            if sent != signal.SIGKILL:
                while process.poll() is None and not obeys(process.pid):
                    time.sleep(0.001)  # what Python says of an interrupt before our first line is not ours
            while process.poll() is None and time.monotonic() < started + (TIMEOUT if soon else moment):
                if soon and names_of(root) != before:
                    time.sleep(linger)
                    break
                time.sleep(0.001)
            process.send_signal(sent)
        _, err = process.communicate(timeout=TIMEOUT)
        self.outcome.facts["hit"] = self.outcome.facts.get("hit", 0) + (process.returncode in CODES[sent])
        if process.returncode not in (*CODES[sent], 0, 1, 2) or "Traceback" in err or "a bug in" in err:
            self.failed(at, f"exit code {process.returncode}: {err[-300:]!r}")
        deadline = time.monotonic() + 5
        while left := session(process.pid):
            if time.monotonic() > deadline:
                self.failed(at, f"processes are left: {left}")
                break
            time.sleep(0.01)

    def look(self, name: str, root: Path, at: str) -> None:
        """Compare every file with what it was before and what it is in the end: it must be one of both."""
        scenario, whole = SCENARIOS[name], self.whole(name)
        if scenario.kept:
            known = {"outputs.new.jsonl", "live.run.jsonl"}
            whole = Whole(root, whole.before, whole.before, 0, "", 0)
        else:
            known = set[str]()
        found = {path: raw for path, raw in files_of(root).items() if path.rpartition("/")[2] not in known}
        for path in found.keys() | whole.before.keys():
            if TEMPORARY in path or (scenario.growing and path.endswith(scenario.growing)):
                continue
            if found.get(path) not in (whole.before.get(path), whole.after.get(path)):
                self.failed(at, f"{path} is neither what it was nor what it is to be")

    def look_paid(self, kept: Mapping[str, int], known: int, calls: int, kills: int, at: str) -> None:
        """Compare what is kept with what was there and what was asked for."""
        count = sum(kept.values())
        if count < known:
            self.failed(at, f"{known - count} answers are lost")
        if any(number > 1 for number in kept.values()):
            self.failed(at, f"answers are doubled: {[case for case, number in kept.items() if number > 1]}")
        if calls > count + AT_ONCE * kills:
            self.failed(at, f"{calls} calls for {count} answers: more than {AT_ONCE} in flight were paid for again")

    def end(self, name: str, command: tuple[str, ...], root: Path, at: str) -> None:
        """Let the command come to its end, and compare everything with what it does undisturbed."""
        scenario, whole = SCENARIOS[name], self.whole(name)
        code, err = self.finish(command, root)
        over = code == 2 and (
            (scenario.done_already and scenario.done_already in err)
            or (scenario.kept is not None and "this file exists, and a run never overwrites" in err)
        )
        if code != whole.code and not over and not scenario.again:
            self.failed(at, f"exit code {code}, not {whole.code}: {err[-300:]!r}")
        if status_of(root) != whole.status:
            self.failed(at, f"Git sees {status_of(root)!r}, not {whole.status!r}")
        if scenario.kept:
            return
        found = {path: raw for path, raw in files_of(root).items() if TEMPORARY not in path}
        for path in found.keys() | whole.after.keys():
            same = found.get(path) == whole.after.get(path)
            if scenario.growing and path.endswith(scenario.growing):
                same = rows(found.get(path)) == rows(whole.after.get(path))
            if not same:
                self.failed(at, f"{path} is not what it would be had nobody disturbed")

    def failed(self, at: str, what: str) -> None:
        """Keep what did not hold."""
        self.outcome.failures.append(f"{at}: {what}")


def rows(raw: bytes | None) -> list[bytes]:
    """Return the lines of a run but for the first, which says when it was."""
    return sorted((raw or b"").splitlines()[1:])


def files_of(root: Path) -> Files:
    """Return the files of a repository and of its store; of the store's, whose names depend on chance, their number."""
    found = {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file() and ".git" not in path.relative_to(root).parts
    }
    return {path: masked(raw) if path == OUTPUTS and b"sha256" in raw else raw for path, raw in found.items()}


def masked(raw: bytes) -> bytes:
    """Return a file of answers without the digests of those outside, which are salted."""
    return b"\n".join(b"digest" if b"- digest:" in line else line for line in raw.splitlines())


def names_of(root: Path) -> list[tuple[str, int]]:
    """Return name and time of change of every folder and file."""
    found = []
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if name != ".git"]
        for name in (".", *names):
            with suppress(FileNotFoundError):
                found.append((os.path.join(folder, name), os.stat(os.path.join(folder, name)).st_mtime_ns))
    return sorted(found)


def status_of(root: Path) -> str:
    """Return what Git sees that is not committed."""
    return ScratchRepository(root).run("status", "--porcelain", "--untracked-files=all")


def obeys(process: int) -> bool:
    """Tell whether the command line has taken the signals over."""
    status = Path(f"/proc/{process}/status").read_text()
    caught = int(next(line.split()[1] for line in status.splitlines() if line.startswith("SigCgt")), 16)
    return bool(caught >> (signal.SIGTERM - 1) & 1)


def session(leader: int) -> list[int]:
    """Return the processes of a session that are left."""
    found = []
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            with suppress(OSError):
                fields = Path(f"/proc/{entry}/stat").read_text().rpartition(")")[2].split()
                if int(fields[3]) == leader and fields[0] != "Z":
                    found.append(int(entry))
    return found


def attack(count: int, seed: int, folder: Path, names: tuple[str, ...] = tuple(SCENARIOS), most: int = 3) -> Outcome:
    """Kill commands *count* times in all.

    :param names: of the scenarios to choose from.
    :param most: kills before a command may finish.
    """
    chance = random.Random(seed)
    with patch.dict(os.environ, GIT), serving(Server(seconds=0.02)) as server:
        attacking = Attack(folder, server)
        number = 0
        while attacking.outcome.tried < count:
            name = names[number % len(names)]
            left = count - attacking.outcome.tried
            attacking.outcome.tried += attacking.attempt(name, chance, number, min(most, left))
            number += 1
    return attacking.outcome
