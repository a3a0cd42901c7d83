"""Whatever a file holds, the command says in one clear line what is wrong with it, and writes nothing."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import pytest

from promptstead import cli

PROMPT = "prompts/p.prompt.yml"
HEAD = "schema: promptstead/v1\ntitle: Greeting\n"
ONE_INPUT = """\
inputs: {a: {schema: {type: string}, trust: trusted, description: a word, example: yes please}}
messages: [{role: user, content: 'Read {{ a }}'}]
"""
SMALL = HEAD + "messages: [{role: user, content: Hello}]\n"
MILLION = 1_000_000

File = str | bytes | Callable[[Path], object]
"""Content, or what makes the file at a path."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """Files, the command that meets them, and what it must say.

    :ivar says: what the one line, or the first line of the one finding, contains.
    :ivar at: what that line starts with.
    """

    name: str
    files: Mapping[str, File]
    says: str
    at: str = ""
    code: int = 1
    arguments: tuple[str, ...] = ("lint",)


class TooLong(BaseException):
    """Twenty seconds are over; no ``except Exception`` holds this back."""


@contextmanager
def twenty_seconds() -> Iterator[None]:
    """Stop what runs inside when it takes longer: a file that one waits for, a loop without end."""

    def stop(signal_number: int, frame: FrameType | None) -> None:
        raise TooLong

    former = signal.signal(signal.SIGALRM, stop)
    signal.alarm(20)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, former)


def run(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command line as a process of its own, for at most 20 seconds."""
    command = [sys.executable, "-m", "promptstead", *arguments]
    return subprocess.run(
        command, cwd=root, capture_output=True, encoding="utf-8", errors="strict", timeout=20, check=False
    )


def write(root: Path, files: Mapping[str, File]) -> None:
    """Make *files* below *root*, which stands for a repository."""
    (root / ".git").mkdir()
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if callable(content):
            content(path)
        else:
            path.write_bytes(content.encode() if isinstance(content, str) else content)


def snapshot(root: Path) -> list[tuple[str, int, int]]:
    """Return every file, folder and link below *root* with its size and when it was changed."""
    found = []
    for folder, folders, names in os.walk(root):
        for name in (*folders, *names):
            status = os.lstat(os.path.join(folder, name))
            found.append((os.path.join(folder, name), status.st_size, status.st_mtime_ns))
    return sorted(found)


def sparse(size: int) -> Callable[[Path], object]:
    """Return a maker of a file of *size* zeros that takes no space."""

    def make(path: Path) -> None:
        with path.open("wb") as file:
            file.truncate(size)

    return make


def link(target: str) -> Callable[[Path], object]:
    """Return a maker of a symbolic link to *target*."""
    return lambda path: path.symlink_to(target)


def user(content: str, extra: str = "") -> str:
    """Return a prompt whose one message is *content*, in a block."""
    lines = "".join(f"      {line}\n" for line in content.split("\n"))
    return f"{HEAD}{extra}messages:\n  - role: user\n    content: |\n{lines}"


def included(name: str) -> dict[str, File]:
    """Return a prompt that includes the file *name*."""
    return {PROMPT: user(f'{{% include "{name}" %}}')}


def rows(name: str, content: str | bytes) -> dict[str, File]:
    """Return a prompt with the dataset *name*, and its content."""
    return {PROMPT: f"{HEAD}{ONE_INPUT}datasets: [{{path: {name}}}]\n", f"prompts/p/{name}": content}


BOMB = "a: &a [x, x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [*{chr(97 + n)}, *{chr(97 + n)}]\n" for n in range(24)
)
LIST = "inputs: {items: {trust: trusted, schema: {type: array}}}\n"

CONTENT = [
    Attempt("not YAML", {PROMPT: "hello: ]\n"}, "SCH001", f"{PROMPT}:1:8"),
    Attempt("an answer instead of a file", {PROMPT: "404: Not Found"}, "SCH001", f"{PROMPT}:1:1"),
    Attempt("a single value", {PROMPT: "Hello"}, "the file is a single value", f"{PROMPT}:1:1"),
    Attempt("empty", {PROMPT: ""}, "the file is empty", f"{PROMPT}:1:1"),
    Attempt("a comment only", {PROMPT: "# nothing\n"}, "the file is empty", f"{PROMPT}:1:1"),
    Attempt("nested flow brackets", {PROMPT: "[" * MILLION}, "nested more than 64 levels deep", f"{PROMPT}:1:65"),
    Attempt("nested flow braces", {PROMPT: "{a: " * MILLION}, "nested more than 64 levels deep", f"{PROMPT}:1:257"),
    Attempt("nested lists", {PROMPT: "- " * MILLION}, "nested more than 64 levels deep", f"{PROMPT}:1:129"),
    Attempt("nested keys", {PROMPT: "? " * MILLION}, "SCH001", f"{PROMPT}:1:"),
    Attempt("many values", {PROMPT: "x-a: [" + "1," * 210_000 + "]"}, "more than 200,000 values", f"{PROMPT}:1:"),
    Attempt("100 MB", {PROMPT: sparse(100 * MILLION)}, "at most 64 MiB are read", f"{PROMPT}:1:1"),
    Attempt("5 MB", {PROMPT: b"#" * (5 * MILLION)}, "5,000,000 bytes; 4,194,304 are allowed", f"{PROMPT}:1:1"),
    Attempt("a duplicate key", {PROMPT: SMALL + "title: Again\n"}, "duplicate key", f"{PROMPT}:4:1"),
    Attempt("an unknown key", {PROMPT: SMALL + "titel: Again\n"}, "unknown key `titel`", f"{PROMPT}:4:1"),
    Attempt("a wrong type", {PROMPT: HEAD + "messages: Hello\n"}, "`messages` must be a list", f"{PROMPT}:3:11"),
    Attempt("a NUL byte", {PROMPT: SMALL + "x-a: \0"}, "a NUL character", f"{PROMPT}:4:6"),
    Attempt("invalid UTF-8", {PROMPT: SMALL.encode() + b"x-a: \xe9"}, "is not UTF-8", f"{PROMPT}:4:6"),
    Attempt("UTF-16", {PROMPT: SMALL.encode("utf-16")}, "the file is UTF-16, not UTF-8", f"{PROMPT}:1:1"),
    Attempt("UTF-16 without a mark", {PROMPT: SMALL.encode("utf-16-le")}, "the file is UTF-16", f"{PROMPT}:1:1"),
    Attempt(
        "BOM and CRLF",
        {PROMPT: ("\ufeff" + SMALL + "titel: 1\n").replace("\n", "\r\n")},
        "unknown key `titel`",
        f"{PROMPT}:4:1",
    ),
    Attempt("a huge integer", {PROMPT: SMALL + f"x-a: {'9' * 5000}\n"}, "is too large a number", f"{PROMPT}:4:6"),
    Attempt("a huge float", {PROMPT: SMALL + "x-a: 1e999\n"}, "is too large a number", f"{PROMPT}:4:6"),
    Attempt("a tag", {PROMPT: SMALL + "x-a: !!python/object:os.system [id]\n"}, "is a YAML tag", f"{PROMPT}:4:6"),
    Attempt("a merge key", {PROMPT: SMALL + "x-a: {<<: {b: 1}}\n"}, "`<<` merges mappings", f"{PROMPT}:4:7"),
    Attempt("two documents", {PROMPT: SMALL + "---\na: 1\n"}, "a second document starts here", f"{PROMPT}:4:1"),
    Attempt(
        "a schema that fetches a file",
        {
            PROMPT: SMALL
            + 'output: {format: json, schema: {$ref: "file:///etc/passwd"}}\nexamples: [{inputs: {}, output: 1}]\n'
        },
        "the schema refers outside itself",
        f"{PROMPT}:4:32",
    ),
]

TEMPLATES = [
    Attempt("10^4 nested blocks", {PROMPT: user("{% if a %}" * 10_000)}, "blocks are nested deeper", f"{PROMPT}:6:647"),
    Attempt(
        "10^6 nested blocks", {PROMPT: user("{% if 1 %}" * MILLION)}, "bytes; 4,194,304 are allowed", f"{PROMPT}:1:1"
    ),
    Attempt(
        "10^6 nested blocks in a partial",
        included("a.md") | {"prompts/a.md": "{% if 1 %}" * MILLION},
        "the template is longer than 1048576 characters",
        "prompts/a.md:1:1",
    ),
    Attempt(
        "nested brackets", {PROMPT: user("{{ " + "(" * 20_000 + "1" + ")" * 20_000 + " }}")}, "TPL106", f"{PROMPT}:6:"
    ),
    Attempt(
        "nested lists", {PROMPT: user("{{ " + "[" * 20_000 + "1" + "]" * 20_000 + " }}")}, "TPL106", f"{PROMPT}:6:"
    ),
    Attempt(
        "many nots", {PROMPT: user("{{ " + "not " * 20_000 + "1 }}")}, "more than 64 levels of `not`", f"{PROMPT}:6:"
    ),
    Attempt("an include that climbs out", included("../../etc/passwd"), "is not a path inside", f"{PROMPT}:6:18"),
    Attempt("an absolute include", included("/etc/passwd"), "is not a path inside", f"{PROMPT}:6:18"),
    Attempt("an include with a backslash", included(r"a\\..\\b"), "has `/` and no drive", f"{PROMPT}:6:18"),
    Attempt(
        "an include of itself",
        {PROMPT: user('{% include "p.prompt.yml" %}')},
        "`p.prompt.yml` includes itself",
        f"{PROMPT}:6:18",
    ),
    Attempt(
        "a partial that includes itself",
        included("a.md") | {"prompts/a.md": '\n{% include "a.md" %}'},
        "`a.md` includes itself",
        "prompts/a.md:2:12",
    ),
    Attempt(
        "partials that include each other",
        included("a.md") | {"prompts/a.md": '{% include "b.md" %}', "prompts/b.md": '{% include "a.md" %}'},
        "`a.md` includes itself: a.md → b.md → a.md",
        "prompts/b.md:1:12",
    ),
    Attempt(
        "partials that multiply",
        included("a0.md")
        | {f"prompts/a{n}.md": f'{{% include "a{n + 1}.md" %}}' * 10 for n in range(12)}
        | {"prompts/a12.md": "x" * 1000},
        "the included text is longer than 1048576 characters",
        "prompts/a11.md:1:",
    ),
    Attempt(
        "a partial that is a link out of the repository",
        included("a.md") | {"prompts/a.md": link("/etc/passwd")},
        "`a.md`: this link leads out of the repository",
        f"{PROMPT}:6:18",
    ),
    Attempt(
        "a partial of 70 MB",
        included("a.md") | {"prompts/a.md": sparse(70 * MILLION)},
        "at most 64 MiB",
        f"{PROMPT}:6:18",
    ),
    Attempt(
        "a partial in Latin-1", included("a.md") | {"prompts/a.md": b"a\n\xe9"}, "line 2 is not UTF-8", f"{PROMPT}:6:18"
    ),
]

FILES = [
    Attempt("a FIFO", {PROMPT: os.mkfifo}, "this is not a regular file", f"{PROMPT}:1:1"),
    Attempt(
        "a link out of the repository", {PROMPT: link("/etc/passwd")}, "leads out of the repository", f"{PROMPT}:1:1"
    ),
    Attempt("a link to itself", {PROMPT: link("p.prompt.yml")}, "this link leads nowhere", f"{PROMPT}:1:1"),
    Attempt("a link to nothing", {PROMPT: link("nothing.yml")}, "this link leads nowhere", f"{PROMPT}:1:1"),
    Attempt(
        "a folder that is a link out of the repository",
        {"prompts": link("/etc")},
        "this link leads out of the repository",
        "promptstead: prompts: ",
        2,
    ),
    Attempt(
        "a folder with a prompt's name",
        {f"{PROMPT}/x": "x"},
        "this is a folder, not a prompt file",
        f"promptstead: {PROMPT}: ",
        2,
        ("lint", PROMPT),
    ),
    Attempt(
        "a file that is not there",
        {},
        "there is no prompt and no file `none.prompt.yml`",
        "promptstead: ",
        2,
        ("lint", "none.prompt.yml"),
    ),
    Attempt(
        "a file of another kind", {"a.py": "x"}, "this is not a prompt file", "promptstead: a.py: ", 2, ("lint", "a.py")
    ),
    Attempt(
        "a path out of the repository",
        {PROMPT: SMALL},
        "lies outside this repository",
        "promptstead: /etc",
        2,
        ("lint", PROMPT, "/etc"),
    ),
    Attempt(
        "an alias that is no list",
        {PROMPT: SMALL + "aliases: 5\n"},
        "there is no prompt",
        "promptstead: ",
        2,
        ("lint", "5"),
    ),
    Attempt(
        "cases in a FIFO",
        {PROMPT: SMALL, "prompts/p/cases.yml": os.mkfifo},
        "this is not a regular file",
        f"{PROMPT}:1:1",
    ),
    Attempt(
        "a name with a line break",
        {"prompts/a\nb.prompt.yml": SMALL},
        r"`a\nb` is not a valid id",
        r"prompts/a\nb.prompt.yml:1:1",
    ),
    Attempt(
        "a name with a terminal escape",
        {"prompts/\x1b[2J.prompt.yml": SMALL},
        r"`\x1b[2J` is not a valid id",
        r"prompts/\x1b[2J.prompt.yml:1:1",
    ),
    Attempt(
        "a message with a terminal escape", {PROMPT: SMALL + '"\\e[2J": 1\n'}, r"unknown key `\x1b[2J`", f"{PROMPT}:4:1"
    ),
    Attempt(
        "a name that is not UTF-8",
        {"prompts/\udcff.prompt.yml": SMALL},
        r"`\udcff` is not a valid id",
        r"prompts/\udcff.prompt.yml:1:1",
    ),
    Attempt("a case without inputs", {PROMPT: SMALL + "cases: [{id: a}]\n"}, "`inputs` is missing", f"{PROMPT}:4:9"),
    Attempt("a case without an id", {PROMPT: SMALL + "cases: [{inputs: {}}]\n"}, "`id` is missing", f"{PROMPT}:4:9"),
    Attempt(
        "a case without an input",
        {PROMPT: HEAD + ONE_INPUT + "cases: [{id: a, inputs: {}}]\n"},
        "case `a`: input `a` is missing",
        f"{PROMPT}:5:25",
    ),
    Attempt(
        "duplicate case ids",
        {PROMPT: SMALL + "cases:\n  - {id: a, inputs: {}}\n  - {id: a, inputs: {}}\n"},
        "duplicate case id `a`",
        f"{PROMPT}:6:10",
    ),
]

DATASETS = [
    Attempt(
        "a line that is not JSON",
        rows("r.jsonl", '{"id": "a", "inputs": {"a": "x"}}\n{"id"\n'),
        "this line is not JSON",
        "prompts/p/r.jsonl:2:1",
    ),
    Attempt("a line that is a list", rows("r.jsonl", "[]\n"), "it is not an object", "prompts/p/r.jsonl:1:1"),
    Attempt(
        "a key that is there twice",
        rows("r.jsonl", '{"id": "a", "inputs": {"a": "x", "a": "y"}}\n'),
        'duplicate key "a" on this line',
        "prompts/p/r.jsonl:1:1",
    ),
    Attempt(
        "a line that is nested deeply",
        rows("r.jsonl", "[" * 100_000),
        "this line is nested too deeply",
        "prompts/p/r.jsonl:1:1",
    ),
    Attempt(
        "a value nested deeply",
        rows("r.jsonl", '{"id": "a", "inputs": {"a": ' + "[" * 500 + "]" * 500 + "}}"),
        "r.jsonl",
        "prompts/p/r.jsonl:1:1",
    ),
    Attempt(
        "a number of 5,000 digits",
        rows("r.jsonl", '{"id": "a", "inputs": {"a": ' + "9" * 5000 + "}}"),
        "too large",
        "prompts/p/r.jsonl:1:1",
    ),
    Attempt(
        "an infinite number",
        rows("r.jsonl", '{"id": "a", "inputs": {"a": 1e999}}'),
        "too large",
        "prompts/p/r.jsonl:1:1",
    ),
    Attempt(
        "an evaluator that is none",
        rows("r.jsonl", '{"id": "a", "inputs": {"a": "b"}, "evaluators": {"x": 1}}'),
        "`evaluators.x`",
        "prompts/p/r.jsonl:1:1",
    ),
    Attempt(
        "too few columns",
        rows("r.csv", "id,inputs.a\nx,y\nz\n"),
        "this row does not have the 2 columns",
        "prompts/p/r.csv:3:1",
    ),
    Attempt(
        "too many columns",
        rows("r.csv", "id,inputs.a\nx,y,z\n"),
        "this row does not have the 2 columns",
        "prompts/p/r.csv:2:1",
    ),
    Attempt("an open quote", rows("r.csv", 'id,inputs.a\nx,"y\n'), "this is not CSV", "prompts/p/r.csv:2:1"),
    Attempt(
        "the same column twice",
        rows("r.csv", "id,id\nx,y\n"),
        "the header names the same column twice",
        "prompts/p/r.csv:1:1",
    ),
    Attempt(
        "in UTF-16",
        rows("r.csv", "id,inputs.a\nx,y\n".encode("utf-16")),
        "this line is not UTF-8",
        "prompts/p/r.csv:1:1",
    ),
    Attempt(
        "of 70 MB in one row",
        rows("r.csv", "") | {"prompts/p/r.csv": sparse(70 * MILLION)},
        "a row is too long, or a quotation mark is never closed",
        "prompts/p/r.csv:1:1",
    ),
    Attempt(
        "that climbs out",
        {PROMPT: SMALL + "datasets: [{path: ../../secret.csv}]\n"},
        "is not in the prompt's folder",
        f"{PROMPT}:4:19",
    ),
    Attempt(
        "that is not there",
        {PROMPT: SMALL + "datasets: [{path: none.csv}]\n"},
        "there is no dataset `prompts/p/none.csv`",
        f"{PROMPT}:4:19",
    ),
    Attempt(
        "that is a FIFO",
        rows("r.csv", "") | {"prompts/p/r.csv": os.mkfifo},
        "this is not a regular file",
        f"{PROMPT}:5:19",
    ),
    Attempt(
        "whose rows are no list", rows("r.yml", "cases: 5\n"), "the dataset has no `cases` list", "prompts/p/r.yml:1:1"
    ),
]

TOML = "promptstead: promptstead.toml"
CONFIGURATIONS = [
    Attempt("not TOML", {"promptstead.toml": "roots = [\n"}, "this is not TOML", f"{TOML}", 2),
    Attempt("an unknown key", {"promptstead.toml": "\nroot = []\n"}, "unknown setting `root`", f"{TOML}:2: ", 2),
    Attempt("a wrong type", {"promptstead.toml": "roots = 5\n"}, "`roots` must be a list", f"{TOML}:1: ", 2),
    Attempt(
        "a wrong choice",
        {"promptstead.toml": "[lint]\nfail_on = 'all'\n"},
        "`fail_on` must be one of error, warning",
        f"{TOML}:2: ",
        2,
    ),
    Attempt("an unknown rule", {"promptstead.toml": "[lint]\nselect = ['XYZ']\n"}, "there is no rule `XYZ`", TOML, 2),
    Attempt(
        "an unknown rule for a file",
        {"promptstead.toml": "[lint.per-file-ignores]\n'*' = ['XYZ']\n"},
        "there is no rule `XYZ`",
        TOML,
        2,
    ),
    Attempt(
        "a root that climbs out",
        {"promptstead.toml": "roots = ['../x']\n"},
        "must be a path below the repository",
        f"{TOML}:1: ",
        2,
    ),
    Attempt(
        "a root with a NUL",
        {"promptstead.toml": 'roots = ["a\\u0000"]\n'},
        "must be a path below the repository",
        f"{TOML}:1: ",
        2,
    ),
    Attempt("nested deeply", {"promptstead.toml": "a = " + "[" * 100_000}, "nested too deeply", TOML, 2),
    Attempt(
        "a number of 5,000 digits", {"promptstead.toml": "a = " + "9" * 5000}, "a number has too many digits", TOML, 2
    ),
    Attempt("not UTF-8", {"promptstead.toml": b"# \xe9"}, "this is not UTF-8", TOML, 2),
    Attempt("large", {"promptstead.toml": sparse(100 * MILLION)}, "at most 64 MiB", TOML, 2),
    Attempt("a FIFO", {"promptstead.toml": os.mkfifo}, "this is not a regular file", TOML, 2),
    Attempt(
        "a tool that is no table",
        {"pyproject.toml": "tool = 5 # [tool.promptstead]", PROMPT: "a: ]\n"},
        "SCH001",
        f"{PROMPT}:1:",
    ),
    Attempt(
        "promptstead is no table",
        {"pyproject.toml": "[tool]\npromptstead = 5\n"},
        "`promptstead` must be a table",
        "promptstead: pyproject.toml:2: ",
        2,
    ),
    Attempt(
        "a baseline that is none",
        {"promptstead-baseline.json": "[]"},
        "this is not a baseline",
        "promptstead: promptstead-baseline.json: ",
        2,
    ),
    Attempt(
        "a baseline that is not there",
        {"promptstead.toml": "[lint]\nbaseline = 'b.json'\n"},
        "does not exist",
        "promptstead: b.json: ",
        2,
    ),
]

RENDER = [
    Attempt(
        "a loop over 10^7 items",
        {
            PROMPT: user("{% for a in items %}{% for b in items %}{{ loop.index }}{% endfor %}{% endfor %}", LIST),
            "i.json": '{"items": [' + ",".join("1" for _ in range(3200)) + "]}",
        },
        "the loops take more than 100000 turns",
        "promptstead: ",
        2,
        ("render", "p", "--inputs", "i.json"),
    ),
    Attempt(
        "inputs that are not JSON",
        {PROMPT: SMALL, "i.json": "{"},
        "this is not JSON",
        "promptstead: i.json: ",
        2,
        ("render", "p", "--inputs", "i.json"),
    ),
    Attempt(
        "inputs of 5,000 digits",
        {PROMPT: user("{{ items }}", LIST), "i.json": '{"items": ' + "9" * 5000 + "}"},
        "this is not JSON",
        "promptstead: ",
        2,
        ("render", "p", "--inputs", "i.json"),
    ),
    Attempt(
        "inputs nested deeply",
        {PROMPT: user("{{ items }}", LIST), "i.json": '{"items": ' + "[" * 5000 + "]" * 5000 + "}"},
        "this is not JSON",
        "promptstead: ",
        2,
        ("render", "p", "--inputs", "i.json"),
    ),
    Attempt(
        "half a character",
        {PROMPT: user("{{ items }}", LIST), "i.json": '{"items": ["\\ud800"]}'},
        "lone surrogate",
        "promptstead: ",
        2,
        ("render", "p", "--inputs", "i.json"),
    ),
    Attempt(
        "a case that is not there",
        {PROMPT: SMALL + "cases: [{id: one, inputs: {}}]\n"},
        "there is no case `on`",
        f"promptstead: {PROMPT}: ",
        2,
        ("render", "p", "--case", "on"),
    ),
    Attempt(
        "a prompt that is not valid",
        {PROMPT: SMALL + "messages: []\n"},
        "this prompt is not valid",
        f"promptstead: {PROMPT}",
        2,
        ("render", "p"),
    ),
    Attempt(
        "an option that there is not",
        {PROMPT: SMALL},
        "No such option '--frob'",
        "promptstead: ",
        2,
        ("lint", "--frob"),
    ),
    Attempt(
        "a command that there is not",
        {PROMPT: SMALL},
        "there is no command `lnit` (did you mean `lint`?)",
        "promptstead: ",
        2,
        ("lnit",),
    ),
]

GROUPS = {
    "content": CONTENT,
    "template": TEMPLATES,
    "file": FILES,
    "dataset": DATASETS,
    "configuration": CONFIGURATIONS,
    "other": RENDER,
}
ATTEMPTS = [pytest.param(attempt, id=f"{group}-{attempt.name}") for group in GROUPS for attempt in GROUPS[group]]


def check(attempt: Attempt, code: int, out: str, err: str) -> None:
    """Hold what was said against what *attempt* wants."""
    said = out + err
    assert code == attempt.code, said[-2000:]
    assert "Traceback" not in said
    assert "a bug in promptstead" not in said
    heads = [line for line in out.splitlines() if not line.startswith("  ")]
    if attempt.code == 1:
        assert len(err.splitlines()) == 1, "the summary"
    else:
        heads += err.splitlines()
    assert len(heads) == 1, said[-2000:]
    assert heads[0].startswith(attempt.at), heads[0]
    assert attempt.says in heads[0]
    assert all(line.isprintable() and len(line) < 1000 for line in said.splitlines())


@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_one_clear_line(
    attempt: Attempt, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path, attempt.files)
    before = snapshot(tmp_path)
    monkeypatch.chdir(tmp_path)
    with twenty_seconds():
        code = cli.run(list(attempt.arguments))
    said = capsys.readouterr()
    check(attempt, code, said.out, said.err)
    assert snapshot(tmp_path) == before


@pytest.mark.parametrize("group", GROUPS)
def test_one_clear_line_of_a_process_of_its_own(group: str, tmp_path: Path) -> None:
    attempt = GROUPS[group][0]
    write(tmp_path, attempt.files)
    before = snapshot(tmp_path)
    done = run(tmp_path, *attempt.arguments)
    check(attempt, done.returncode, done.stdout, done.stderr)
    assert snapshot(tmp_path) == before


LONG = {
    "and": "{{ " + "1 and " * 10_000 + "1 }}",
    "or": "{{ " + "0 or " * 10_000 + "1 }}",
    "comparisons": "{{ " + "1 < " * 10_000 + "2 }}",
    "filters": "{{ 'x'" + " | upper" * 10_000 + " }}",
    "keys": "{{ a" + ".b" * 10_000 + " }}",
    "items": "{{ a" + "[0]" * 10_000 + " }}",
    "list": "{{ [" + "1, " * 10_000 + "1] }}",
    "elif": "{% if 1 %}" + "{% elif 1 %}" * 10_000 + "{% endif %}",
    "comments": "{# #}" * 5_000,
    "an open comment": "{# " * 5_000,
    "blocks": "{% if 1 %}{% endif %}" * 8_000,
    "outputs": "<a>{{ a }}" * 5_000,
    "rulers": "```\n{{ a }}\n" * 5_000,
    "raw": "{% raw %}{% endraw %}" * 8_000,
    "white space": "{{" + " " * 200_000 + "a }}",
    "braces": "{" * 200_000,
}


@pytest.mark.parametrize("name", LONG)
@pytest.mark.parametrize("verb", ["lint", "render"])
def test_long_templates_are_read_or_refused(
    name: str, verb: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path, {PROMPT: user(LONG[name], "inputs: {a: {example: x}}\n")})
    monkeypatch.chdir(tmp_path)
    with twenty_seconds():
        code = cli.run([verb, "p"])
    said = capsys.readouterr()
    assert code in ((0, 1) if verb == "lint" else (0, 2))
    assert "a bug in promptstead" not in said.err
    assert len(said.err.splitlines()) == (1 if verb == "lint" or code else 0)


def test_aliases_are_refused_before_they_multiply(tmp_path: Path) -> None:
    write(tmp_path, {PROMPT: BOMB})
    done = run(tmp_path, "lint", "--format", "text")
    assert done.returncode == 1
    assert "is a YAML anchor, which is not allowed" in done.stdout.splitlines()[0]
    assert "Traceback" not in done.stdout + done.stderr
    assert len(done.stdout) < 40_000


def test_findings_without_end_are_bounded(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            PROMPT: user("{{ a }}" * 20_000),
            "prompts/q.prompt.yml": SMALL + "x: {" + ", ".join(f"k{n}" for n in range(90_000)) + "}\n",
        },
    )
    done = run(tmp_path, "lint")
    assert done.returncode == 1
    assert "more findings, the worst of them" in done.stdout
    assert done.stdout.count("prompts/p.prompt.yml:") <= 201


def test_one_bad_file_does_not_hide_the_others(tmp_path: Path) -> None:
    write(
        tmp_path,
        {"prompts/a.prompt.yml": link("nothing"), "prompts/b.prompt.yml": b"\xff\xfe", PROMPT: SMALL + "titel: 1\n"},
    )
    done = run(tmp_path, "lint")
    assert done.returncode == 1
    heads = [line.partition(":")[0] for line in done.stdout.splitlines() if not line.startswith("  ")]
    assert heads == ["prompts/a.prompt.yml", "prompts/b.prompt.yml", PROMPT]


def test_a_reader_that_leaves_early_is_no_error(tmp_path: Path) -> None:
    write(tmp_path, {PROMPT: user("{{ a }}" * 5_000)})
    process = subprocess.Popen(
        [sys.executable, "-m", "promptstead", "lint"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    said = process.stderr.read()
    process.stderr.close()
    process.wait(timeout=20)
    assert "Traceback" not in said
    assert "a bug" not in said


def test_nothing_is_written_through_a_link(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    outside = tmp_path / "outside.json"
    outside.write_text("mine")
    root = tmp_path / "repository"
    root.mkdir()
    write(root, {PROMPT: SMALL, "promptstead-baseline.json": link("../outside.json")})
    monkeypatch.chdir(root)
    assert cli.run(["lint", "--write-baseline"]) == 2
    said = capsys.readouterr().err
    assert said.startswith("promptstead: promptstead-baseline.json: this link leads out of the repository")
    assert outside.read_text() == "mine"


def test_a_schema_is_not_fetched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    secret = tmp_path / "secret.json"
    secret.write_text('{"type": "string"}')
    prompt = (
        SMALL
        + f'output: {{format: json, schema: {{$ref: "file://{secret}"}}}}\nexamples: [{{inputs: {{}}, output: 1}}]\n'
    )
    write(tmp_path, {PROMPT: prompt})
    monkeypatch.chdir(tmp_path)
    assert cli.run(["lint"]) == 1
    out = capsys.readouterr().out
    assert "the schema refers outside itself" in out
    assert "is not of type" not in out
