import re

import pytest
import yaml

from promptstead.documents.yaml_reader import read
from tests.command_line import run
from tests.conftest import ScratchRepository

GAPS = ("owners", *(f"governance.{key}" for key in ("risk", "basis", "human_oversight", "legal_basis")))
NEXT = (
    "next: promptstead check {}; it lists the gaps that only you can fill in\n"
    "whether a change makes answers worse takes at least 73 cases a prompt at a margin of 5 points; "
    "promptstead power --rate 0.9 says how many yours takes\n"
)
SAID = {
    "en": "shop/read-message  5 pass  (reference answers)\n",
    "fr": "shop/read-message  5 réussis  (réponses : reference)\n",
}


@pytest.mark.parametrize(("language", "title"), [("en", None), ("fr", "L'été : « réponse » à l'écrit")])
def test_a_new_prompt_is_valid_and_lists_what_only_people_can_say(
    repository: ScratchRepository, language: str, title: str | None
) -> None:
    run("init", cwd=repository.root)
    options = ["--language", language, *(["--title", title] if title else [])]
    done = run("new", "shop/read-message", *options, cwd=repository.root)
    assert done.code == 0
    assert done.out.splitlines() == [
        "prompts/shop/read-message.prompt.yml",
        "prompts/shop/read-message/cases.yml",
        "prompts/shop/read-message/outputs.yml",
        f"prompts/partials/data-not-instructions.{language}.md",
    ]
    assert done.err == NEXT.format("shop/read-message")
    text = (repository.root / "prompts/shop/read-message.prompt.yml").read_text(encoding="utf-8")
    assert text.startswith("# yaml-language-server: $schema=../../schemas/prompt.schema.json\n")
    data = yaml.safe_load(text)
    assert data["language"] == language
    assert data["title"] == (title or "Read message")

    check = run("check", "--format", "json", cwd=repository.root)
    assert check.code == 0
    assert [(each["code"], each["level"]) for each in check.json["findings"]] == [("GOV955", "warning")] * len(GAPS)
    assert [each["message"] for each in check.json["findings"]] == [f"`{gap}` is not filled in yet" for gap in GAPS]
    listed = run("check", "--lang", language, cwd=repository.root)
    assert listed.code == 0
    assert listed.out.startswith(SAID[language])
    assert listed.out.count("GOV955") == len(GAPS)
    assert run("fmt", "--check", cwd=repository.root).code == 0

    release = run("check", "--stage", "release", "--format", "json", cwd=repository.root)
    assert release.code == 1
    assert {each["level"] for each in release.json["findings"] if each["code"] == "GOV955"} == {"error"}
    filled = re.sub(r"(risk:) TODO", r"\1 minimal", re.sub(r'"TODO ?: [^"\n]*"', "said by a person", text))
    repository.write("prompts/shop/read-message.prompt.yml", filled)
    done = run("check", "--stage", "release", cwd=repository.root)
    assert (done.code, done.out) == (0, SAID["en"])
    repository.write("prompts/shop/read-message.prompt.yml", text)

    again = run("new", "shop/read-message", cwd=repository.root)
    assert again.code == 2
    assert again.err.startswith(
        "promptstead: prompts/shop/read-message.prompt.yml: a prompt with this id already exists"
    )
    assert (repository.root / "prompts/shop/read-message.prompt.yml").read_text(encoding="utf-8") == text


def test_any_title_and_owner_is_kept_as_given(repository: ScratchRepository) -> None:
    titles = ["no", "null", "1.0", "2026-01-01", 'say "yes" & go', "it's: #1 {x}", "- é", "C:\\new", "*x", "~", "a, b]"]
    for number, title in enumerate(titles):
        done = run("new", f"p{number}", "--title", title, "--owner", title, cwd=repository.root)
        assert done.code == 0, title
        document = read((repository.root / f"prompts/p{number}.prompt.yml").read_bytes(), "p")
        assert not document.problems, title
        assert document.data["title"] == title
        assert document.data["owners"] == [title]
    assert run("check", cwd=repository.root).code == 0
    assert run("fmt", "--check", cwd=repository.root).code == 0


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["Shop/Mood"], "`Shop/Mood` is not a valid id (use lower-case letters"),
        (["../x"], "is not a valid id"),
        (["/x"], "is not a valid id"),
        (["a//b"], "is not a valid id"),
        (["a b"], "is not a valid id"),
        (["été"], "is not a valid id"),
        ([""], "is not a valid id"),
        (["shop/mood.prompt.yml"], "leave out the ending: promptstead new shop/mood"),
        (["x", "--title", "a\nb"], "`--title` must be one line of text"),
        (["x", "--title", " "], "`--title` must be one line of text"),
        (["x", "--owner", "é" * 201], "`--owner` must be one line of text (at most 200 characters)"),
    ],
)
def test_what_cannot_be_a_prompt_is_refused(repository: ScratchRepository, arguments: list[str], says: str) -> None:
    done = run("new", *arguments, cwd=repository.root)
    assert done.code == 2
    assert done.err.count("\n") == 1
    assert says in done.err
    assert [path.name for path in repository.root.iterdir()] == [".git"]


def test_files_that_wait_in_the_folder_are_not_overwritten(repository: ScratchRepository) -> None:
    repository.write("prompts/x/cases.yml", "mine")
    done = run("new", "x", cwd=repository.root)
    assert done.code == 2
    assert done.err.startswith("promptstead: prompts/x/cases.yml: this file already exists")
    assert (repository.root / "prompts/x/cases.yml").read_text() == "mine"
    assert not (repository.root / "prompts/x.prompt.yml").exists()


def test_the_root_and_its_namespace_come_from_the_configuration(repository: ScratchRepository) -> None:
    repository.write("promptstead.toml", 'roots = [{path = "services/chat", namespace = "chat"}]\n')
    done = run("new", "hello", cwd=repository.root)
    assert done.out.splitlines()[0] == "services/chat/hello.prompt.yml"
    assert done.err == NEXT.format("chat/hello")
    assert run("check", "chat/hello", cwd=repository.root).code == 0
