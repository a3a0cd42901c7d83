"""The pages of the documentation: built by Sphinx from the Markdown where it lies, and strict about links."""

import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GOOD = {
    "README.md": "# Shop\n\n[guide](tooling/docs/guide.md#the-second-part), [data](data.json), [a folder](prompts/)\n",
    "CONTRIBUTING.md": "# Contributing\n\n[decisions](tooling/docs/decisions/README.md)\n",
    "data.json": "{}\n",
    "prompts/x.prompt.yml": "",
    "tooling/docs/guide.md": "# Guide\n\n## The second part\n\n[back](../../README.md)\n",
    "tooling/docs/decisions/README.md": "# Decisions\n\n[0001](0001-a.md)\n",
    "tooling/docs/decisions/0001-a.md": "# 0001. A\n",
}


def build(folder: Path, files: Mapping[str, str]) -> tuple[int, str]:
    """Build the pages of *files* into `pages` of *folder*, as `nox -s docs` does; return exit code and complaints."""
    for name, text in files.items():
        path = folder / "source" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "sphinx", "--builder", "html", "--fail-on-warning", "--quiet"]
    command += ["--conf-dir", str(ROOT / "tooling" / "docs"), "--doctree-dir", str(folder / "cache")]
    command += [str(folder / "source"), str(folder / "pages")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stderr


def test_pages_ask_nobody_for_anything(tmp_path: Path) -> None:
    assert build(tmp_path, GOOD) == (0, "")
    pages = {str(path.relative_to(tmp_path / "pages")): path for path in (tmp_path / "pages").rglob("*.html")}
    assert {"index.html", "README.html", "CONTRIBUTING.html", "tooling/docs/guide.html"} <= set(pages)
    for path in pages.values():
        text = path.read_text(encoding="utf-8")
        loaded = re.findall(r"<(?:script|img|iframe|source)\b[^>]*\bsrc=\"([^\"]*)\"", text)
        loaded += re.findall(r"<link\b[^>]*\bhref=\"([^\"]*)\"", text)
        assert not [address for address in loaded if "//" in address]
    for path in (tmp_path / "pages" / "_static").rglob("*.css"):
        assert not re.search(r"(@import|url\()\s*[\"']?(https?:)?//", path.read_text(encoding="utf-8")), path
    first = pages["README.html"].read_text(encoding="utf-8")
    assert 'href="tooling/docs/guide.html#the-second-part"' in first
    assert re.search(r'href="_downloads/\w+/data\.json"', first)
    assert "a folder" in first
    assert "0001-a" not in first, "the pages of a collection are in no menu"


@pytest.mark.parametrize(
    ("page", "text", "complaint"),
    [
        ("tooling/docs/guide.md", "# Guide\n\n[x](missing.md)\n", "missing.md"),
        ("tooling/docs/guide.md", "# Guide\n\n[x](../../CONTRIBUTING.md#missing)\n", "missing"),
        ("tooling/docs/guide.md", "# Guide\n\n[x](#missing)\n", "missing"),
        ("tooling/docs/guide.md", "# Guide\n\n[x](missing/)\n", "missing/"),
        ("tooling/docs/lost.md", "# A page that no menu has\n", "lost"),
    ],
)
def test_a_link_that_leads_nowhere_fails(page: str, text: str, complaint: str, tmp_path: Path) -> None:
    code, said = build(tmp_path, GOOD | {page: text})
    assert code == 1
    assert re.search(rf"^.*{re.escape(page)}.*WARNING.*{re.escape(complaint)}|{re.escape(page)}: WARNING", said, re.M)


def test_the_readme_says_how_many_prompts_there_are() -> None:
    words = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
    said = re.search(r"\*\*(\w+) prompts to start from\*\*", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert said
    assert words.index(said[1].lower()) == len(list((ROOT / "prompts").rglob("*.prompt.yml")))
