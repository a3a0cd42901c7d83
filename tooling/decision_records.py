"""Decision records: what each of ``docs/decisions/NNNN-title.md`` says of itself, and their index."""

import re
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).resolve().parent / "docs" / "decisions"
SECTIONS = ("Context", "Options considered", "Decision", "Consequences", "Held by")
OPTIONAL = "Options considered"
"""A record leaves it out where no options were written down when the choice was made."""
HEAD = re.compile(
    r"# (?P<number>\d{4})\. (?P<title>\S.*)\n\n"
    r"- Status: (?P<status>proposed|accepted|superseded by \[\d{4}\]\(\d{4}-[\w-]+\.md\))\n"
    r"- Date: (?P<date>\d{4}-\d{2}-\d{2})\n"
)
SECTION = re.compile(r"^## ([^\n]+)\n\n(.*?)\s*(?=^## |\Z)", re.MULTILINE | re.DOTALL)
HELD_BY = re.compile(r"- (?:`(?P<path>[\w/.-]+)(?:::(?P<test>\w+))?`|the benchmark `(?P<benchmark>[\w-]+)`|no test)")


class Record(NamedTuple):
    """One decision: the parts of its head, and its sections by their headings, in order."""

    path: Path
    number: int
    title: str
    status: str
    date: str
    sections: dict[str, str]

    @property
    def held_by(self) -> list[str]:
        """Return the lines of what holds the decision: tests, benchmarks, or ``- no test``."""
        return self.sections.get("Held by", "").splitlines()


def read(path: Path) -> Record:
    """Return the record of a file.

    :raises ValueError: if it does not begin as records begin.
    """
    text = path.read_text(encoding="utf-8")
    head = HEAD.match(text)
    if not head:
        raise ValueError(f"{path.name}: must begin with `# NNNN. Title`, then `- Status: …` and `- Date: YYYY-MM-DD`")
    return Record(path, int(head["number"]), head["title"], head["status"], head["date"], dict(SECTION.findall(text)))


def records() -> list[Record]:
    """Return all records, in the order of their files."""
    return [read(path) for path in sorted(FOLDER.glob("[0-9]*.md"))]


def index() -> str:
    """Return the table of all records, as Markdown."""
    rows = []
    for record in records():
        held = "<br>".join(line.removeprefix("- ") for line in record.held_by)
        title = record.title.replace("|", "\\|")
        rows.append(
            f"| [{record.number:04d}]({record.path.name}) | {title} | {record.status} | {record.date} | {held} |\n"
        )
    return "| number | decision | status | date | held by |\n| --- | --- | --- | --- | --- |\n" + "".join(rows)
