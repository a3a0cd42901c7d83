"""The documentation as pages: Sphinx reads the Markdown that a forge shows, where it lies (``nox -s docs``).

A page is found from the README or from CONTRIBUTING.md, in the order in which they link to it; one that neither reaches
is a warning, as is a link to a page or a heading that is not there. ``nox -s docs`` takes warnings for errors.
"""

import re
from pathlib import Path

from sphinx.application import Sphinx

project = "promptstead"
author = "promptstead contributors"
project_copyright = ""
extensions = ["myst_parser"]
root_doc = "README"
include_patterns = ["*.md", "tooling/docs/*.md", "tooling/docs/*/*.md"]
exclude_patterns = [".*", "build", "changelog.d", "prompts", "tests"]
suppress_warnings = ["misc.highlighting_failure"]  # the README's shell sessions are what commands print
myst_heading_anchors = 6
html_theme = "furo"
html_title = "promptstead"
html_copy_source = False
html_show_sphinx = False
html_show_copyright = False

MENUS = {"Using it": "README", "Working on it": "CONTRIBUTING"}
"""Each menu has the pages that its page links to; a page stands in the first that links to it."""
COLLECTIONS = {"tooling/docs/rules", "tooling/docs/decisions"}
"""Folders of many pages, which their generated index lists. In the menu of each page they took most of the time."""
PAGE = re.compile(r"\]\(([\w./-]+)\.md(?:#[\w-]+)?\)")
FOLDER = re.compile(r"\[([^\]]+)\]\(([\w./-]+/)\)")


def linked(page: Path) -> list[str]:
    """Return the names of the pages that *page*, of the top folder, links to, each once and in order."""
    return list(dict.fromkeys(PAGE.findall(page.read_text(encoding="utf-8")))) if page.exists() else []


def menu(caption: str, entries: list[str]) -> str:
    """Return a menu that stands beside every page and not in the text."""
    return "\n".join(["", "```{toctree}", ":hidden:", f":caption: {caption}", "", *entries, "```", ""])


def add_menus(app: Sphinx, name: str, source: list[str]) -> None:
    """Add the menus to the first page, keep collections out of them, and unlink folders, which have no page."""
    top = Path(app.srcdir)
    folder = (top / name).parent
    source[0] = FOLDER.sub(lambda link: link[1] if (folder / link[2]).is_dir() else link[0], source[0])
    if name == root_doc:
        seen = {root_doc}
        for caption, page in MENUS.items():
            entries = [entry for entry in [page, *linked(top / f"{page}.md")] if entry not in seen]
            source[0] += menu(caption, [f"/{entry}" for entry in entries])
            seen.update(entries)
    elif name.rpartition("/")[0] in COLLECTIONS and not name.endswith("/README"):
        source[0] = f"---\norphan: true\n---\n\n{source[0]}"


def first_page(app: Sphinx, problem: Exception | None) -> None:
    """Write ``index.html``, which leads to the README's page."""
    if problem is None and app.builder.format == "html":
        page = '<!doctype html><meta http-equiv="refresh" content="0; url=README.html"><title>promptstead</title>\n'
        (Path(app.outdir) / "index.html").write_text(page, encoding="utf-8")


def setup(app: Sphinx) -> None:
    """Tell Sphinx what to call."""
    app.connect("source-read", add_menus)
    app.connect("build-finished", first_page)
