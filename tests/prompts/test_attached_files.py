"""What files can be attached by their path, what is said of those that cannot, and where inputs stand that are."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from promptstead.config.settings import Config
from promptstead.errors import PromptsteadError
from promptstead.lint.engine import Engine
from promptstead.lint.finding import Finding
from promptstead.prompts.library import Library
from promptstead.prompts.loaded import Loaded
from promptstead.prompts.requests import Requests
from promptstead.storage.working_tree import WorkingTree
from tests.attached import CASES, JPEG, PATH, PDF, PNG, POINTER, PROMPT, SCAN_BYTES, WITH_CASES, write_letter
from tests.conftest import ScratchRepository


def loaded(repository: ScratchRepository) -> Loaded:
    """Return the prompt as the working tree has it."""
    return Library(WorkingTree(str(repository.root)), Config()).load(PATH)


def errors(found: Loaded) -> list[Finding]:
    """Return what lint finds that must not be."""
    return [finding for finding in Engine(Config()).check(found) if finding.level == "error"]


def refused(found: Loaded, case: str = "") -> str:
    """Return what ends a command that wants a request of the prompt, in one line."""
    requests = Requests(found)
    with pytest.raises(PromptsteadError) as caught:
        requests.compiled() if not case else requests.request(
            next(each for each in requests.prompt.cases if each.id == case)
        )
    line = str(caught.value)
    assert "\n" not in line
    return line


ONE = "schema: promptstead/v1\ntitle: One\nmessages:\n  - role: user\n    content: [{%s: {path: %s}}]\n"


def _sparse(path: Path) -> None:
    with path.open("wb") as file:
        file.write(PNG)
        file.truncate(100 << 20)


def _link_out(path: Path) -> None:
    outside = path.parents[4] / "outside.png"
    outside.write_bytes(PNG)
    path.symlink_to(outside)


BAD: dict[str, tuple[str, str, Callable[[Path], object] | bytes, str]] = {
    "missing": ("image", "card.png", lambda path: None, "`prompts/health/letter/card.png`: there is no such file"),
    "empty": ("image", "card.png", b"", "`prompts/health/letter/card.png`: the file is empty"),
    "a folder": ("image", "card.png", lambda path: path.mkdir(), "this is a folder, not a file"),
    "100 MB": ("image", "card.png", _sparse, "the file has 100 MiB"),
    "6 MB": ("image", "card.png", PNG + bytes(6 << 20), "has 6,291,464 bytes, and at most 5,242,880 can be sent"),
    "a file of 21 MB": ("file", "a.pdf", PDF + bytes(21 << 20), "and at most 20,971,520 can be sent"),
    "a link out": ("image", "card.png", _link_out, "this link leads out of the repository"),
    "a lying name": ("image", "card.png", JPEG + b"x", "the name ends in `.png`, and its bytes are image/jpeg"),
    "another lie": ("file", "a.txt", PDF, "the name ends in `.txt`, and its bytes are application/pdf"),
    "a zip": ("file", "a.pdf", b"PK\x03\x04\x00", "the name ends in `.pdf`, and its bytes are of another type"),
    "no type": ("file", "a.docx", b"PK\x03\x04\x00", "its bytes are not those of a PDF or of text in UTF-8"),
    "a drawing": ("image", "a.svg", b"<svg/>", "its bytes are text/plain"),
    "a PDF as an image": ("image", "a.pdf", PDF, "its bytes are application/pdf (attach it as `file`)"),
    "an image as a file": ("file", "card.png", PNG, "its bytes are image/png (attach it as `image`)"),
    "Latin-1": ("file", "a", "réglé".encode("latin-1"), "its bytes are not those of a PDF or of text in UTF-8"),
    "a pointer": ("image", "card.png", POINTER, "this is a Git LFS pointer and not the file (run `git lfs pull`)"),
    "a path that climbs": ("image", "../other/card.png", b"", "`../other/card.png` is outside the folders"),
    "from the root and up": ("image", "/../secret.png", b"", "`/../secret.png` is outside the folders"),
    "a drive": ("image", r"a\..\b.png", b"", "is outside the folders"),
    "twice the root": ("image", "//etc/passwd", b"", "`//etc/passwd` is outside the folders"),
    "Git's own": ("file", "/.GIT/config", b"", "`/.GIT/config` is outside the folders"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_file_that_cannot_be_attached(repository: ScratchRepository, name: str) -> None:
    kind, path, made, said = BAD[name]
    place = repository.root / "prompts/health/letter" / path.lstrip("/")
    if ".." not in path and path[0] != "/":
        place.parent.mkdir(parents=True)
        place.write_bytes(made) if isinstance(made, bytes) else made(place)
    repository.write(PATH, ONE % (kind, json.dumps(path)))
    found = loaded(repository)
    (error,) = errors(found)
    assert (error.code, error.path, error.line) == ("SCH001", PATH, 5)
    said, _, hint = said.rstrip(")").partition(" (")
    assert said in error.message
    assert hint in error.hint
    assert said.rpartition("`: ")[2] in refused(found)
    with pytest.raises(PromptsteadError):
        found.refuse_unread()


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("{path: scans/none.jpg}", "`prompts/health/letter/scans/none.jpg`: there is no such file"),
        ("{path: ../letter.prompt.yml}", "`../letter.prompt.yml` is outside the folders"),
        ("{path: cases.yml}", "its bytes are text/plain (attach it as `file`)"),
        ("{path: scans/first.jpg, type: image/png}", "input `scan` names its file by more than `path`"),
        ("{path: 7}", "input `scan` names its file by more than `path`"),
        ("[scans/first.jpg]", "expected an image: an address"),
        ("scans/first.jpg", "expected an address"),
        ('"data:image/png;base64,AAAA"', "its bytes are of no known type"),
        ('"data:image/png;base64,AA"', "its base64 text is damaged"),
        ('"data:image/png;base64,/9j/4A=="', "is called image/png, and its bytes are image/jpeg"),
    ],
)
def test_a_case_whose_file_cannot_be_attached(repository: ScratchRepository, value: str, said: str) -> None:
    write_letter(repository, cases=WITH_CASES.replace("{path: scans/first.jpg}", value))
    found = loaded(repository)
    (error,) = errors(found)
    assert (error.path, error.line) in ((CASES, 4), (CASES, 5))
    assert said.partition(" (")[0] in error.message
    assert refused(found, "file")
    requests = Requests(found)
    address = next(case for case in requests.prompt.cases if case.id == "address")
    assert "https://example.org/letter.png" in json.dumps(requests.request(address))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('"See {{ scan }}"', "input `scan` is an attachment, and stands in text"),
        ('[{text: "{{ scan | upper }}"}]', "input `scan` is an attachment, and stands in text"),
        ('[{file: "{{ scan }}"}]', "input `scan` is attached as `image`, and stands in a part `file`"),
        ('[{image: "{{ scan | trim }}"}]', "input `scan` is an attachment, and does not stand alone in its part"),
    ],
)
def test_an_attachment_stands_alone_in_a_part_of_its_kind(
    repository: ScratchRepository, content: str, said: str
) -> None:
    head = "schema: promptstead/v1\ntitle: One\ninputs: {scan: {attachment: image, example: {path: a.jpg}}}\n"
    repository.write("prompts/health/letter/a.jpg", SCAN_BYTES)
    repository.write(PATH, f"{head}messages:\n  - role: user\n    content: {content}\n")
    found = loaded(repository)
    (error,) = errors(found)
    assert (error.code, error.line) == ("TPL106", 6)
    assert said == error.message
    assert "not valid" in refused(found)


def test_an_untrusted_image_is_no_instruction(repository: ScratchRepository) -> None:
    write_letter(repository, PROMPT.replace("role: user", "role: developer"))
    assert "INJ202" in [error.code for error in errors(loaded(repository))]


def test_an_attachment_has_no_schema(repository: ScratchRepository) -> None:
    write_letter(repository, PROMPT.replace("attachment: image", "attachment: image\n    schema: {type: string}"))
    (error,) = errors(loaded(repository))
    assert error.message == "`schema` cannot stand beside `attachment`"


def test_no_answer_is_held_against_an_attachment(repository: ScratchRepository) -> None:
    write_letter(repository, PROMPT.replace("evaluators:\n", "evaluators:\n  stated: {type: grounded, in: [scan]}\n"))
    (error,) = errors(loaded(repository))
    assert "input `scan` is an attachment, in which no words are read" in error.message
