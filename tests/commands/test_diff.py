from pathlib import Path

from tests.command_line import run
from tests.conftest import ScratchRepository
from tests.samples import CASES, DATA, MODEL, OUTPUTS, PARTIAL, PATH, PROMPT, answered, cases, outputs, write_sample

OTHER = "prompts/hr/leave.prompt.yml"
LEAVE = "schema: promptstead/v1\ntitle: Leave\nmessages: [{role: user, content: Answer the question.}]\n"


def test_each_form_of_a_range(repository: ScratchRepository) -> None:
    write_sample(repository)
    base = repository.commit()
    repository.run("checkout", "--quiet", "-b", "topic")
    repository.write(PATH, PROMPT.replace("one word", "a single word"))
    repository.commit()
    repository.run("checkout", "--quiet", "main")
    repository.write(OTHER, LEAVE)
    repository.commit()
    repository.run("checkout", "--quiet", "topic")

    def ids(revisions: str) -> list[tuple[str, str]]:
        done = run("diff", revisions, "--format", "json", cwd=repository.root)
        assert done.code == 0, done.err
        return [(prompt["id"], prompt["kind"]) for prompt in done.json["prompts"]]

    assert ids("main..topic") == [("hr/leave", "removed"), ("shop/mood", "changed")]
    assert ids("main...topic") == [("shop/mood", "changed")]
    assert ids(f"{base}..HEAD") == [("shop/mood", "changed")]
    assert ids("HEAD") == []
    repository.write(OTHER, LEAVE)
    assert ids("HEAD") == [("hr/leave", "added")]

    done = run("diff", "main...topic", cwd=repository.root)
    assert done.out.splitlines()[0] == "shop/mood  changed"
    assert "Answer with [-one-]{+a single+} word" in done.out
    assert done.err.endswith(": 1 prompt changed\n")


def test_comments_and_layout_are_no_change(repository: ScratchRepository) -> None:
    write_sample(repository)
    repository.commit()
    text = PROMPT.replace(MODEL, MODEL.replace("\n", "   # the cheap one\n")).replace(
        "      You read", "      You  read"
    )
    repository.write(PATH, "# for the shop\n" + text)
    repository.write(CASES, cases(3).replace("    expected: good", "    expected: 'good'"))
    done = run("diff", "HEAD", cwd=repository.root)
    assert (done.code, done.out) == (0, "")
    assert run("review", "HEAD", cwd=repository.root).out.startswith("✔ **No prompt changed**")


def test_what_is_shared_reaches_every_prompt_that_uses_it(repository: ScratchRepository) -> None:
    write_sample(repository)
    repository.write(PATH, PROMPT.replace(MODEL, "model: fast\n"))
    repository.write(OTHER, LEAVE + "model: fast\nevaluators: {use: [evaluators/brief.yml]}\n")
    repository.write("prompts/hr/untouched.prompt.yml", LEAVE)
    shared = "schema: promptstead/evaluators/v1\nevaluators: {brief: {type: length, max: 100}}\n"
    repository.write("prompts/evaluators/brief.yml", shared)
    settings = '[models.fast]\nprovider = "openai"\nsnapshot = "one-2026-01-01"\n'
    repository.write("promptstead.toml", settings)
    repository.commit()

    def changed(path: str, text: str) -> dict[str, str]:
        before = (repository.root / path).read_text()
        repository.write(path, text)
        done = run("diff", "HEAD", cwd=repository.root)
        (repository.root / path).write_text(before)
        blocks = done.out.split("  changed\n")
        names = [block.splitlines()[-1] for block in blocks[:-1]]
        return dict(zip(names, blocks[1:], strict=True))

    partial = changed(PARTIAL, DATA.replace("customers", "strangers"))
    assert list(partial) == ["shop/mood"]
    assert "[-customers-]{+strangers+}" in partial["shop/mood"]
    evaluator = changed("prompts/evaluators/brief.yml", shared.replace("100", "200"))
    assert list(evaluator) == ["hr/leave"]
    assert "weakened: evaluator `brief` is weaker: `max`" in evaluator["hr/leave"]
    alias = changed("promptstead.toml", settings.replace("one-2026", "two-2026"))
    assert list(alias) == ["hr/leave", "shop/mood"]
    assert "[-one-2026-01-01-]{+two-2026-01-01+}" in alias["shop/mood"]
    unrelated = changed("promptstead.toml", settings + '[lint]\nignore = ["OUT401"]\n')
    assert unrelated == {}
    cases_file = changed(CASES, cases(4))
    assert "cases added: r003" in cases_file["shop/mood"]


def test_prompts_come_go_and_move(repository: ScratchRepository) -> None:
    write_sample(repository)
    repository.write(OTHER, LEAVE)
    repository.write("prompts/old.prompt.yml", LEAVE.replace("Leave", "Alias"))
    repository.commit()
    repository.run("mv", "prompts/shop", "prompts/store")
    repository.run("rm", "--quiet", OTHER)
    (repository.root / "prompts/old.prompt.yml").unlink()
    longer = LEAVE.replace("title: Leave", "title: Something else\naliases: [old]").replace(
        "Answer", "Think, then answer"
    )
    repository.write("prompts/new.prompt.yml", longer)
    repository.commit()
    done = run("diff", "HEAD~1..HEAD", "--format", "json", cwd=repository.root)
    found = [(prompt["id"], prompt["kind"], prompt["old_id"]) for prompt in done.json["prompts"]]
    assert found == [
        ("hr/leave", "removed", None),
        ("new", "renamed", "old"),
        ("store/mood", "renamed", "shop/mood"),
    ]
    contracts = {prompt["id"]: prompt["contract"]["consequence"] for prompt in done.json["prompts"]}
    assert contracts == {"hr/leave": "breaking", "new": "compatible", "store/mood": "breaking"}

    for name in ("store/mood", "shop/mood", "prompts/store", PATH):
        one = run("diff", "HEAD~1..HEAD", name, cwd=repository.root)
        assert one.out.splitlines()[0] == "store/mood  renamed (was shop/mood)", name
    inside = run("diff", "HEAD~1..HEAD", "mood.prompt.yml", cwd=repository.root / "prompts/store")
    assert inside.out == one.out
    none = run("diff", "HEAD~1..HEAD", "shop/mud", cwd=repository.root)
    assert none.code == 2
    assert "there is no prompt and no file `shop/mud`" in none.err


def test_what_cannot_be_compared(repository: ScratchRepository, tmp_path: Path) -> None:
    write_sample(repository)
    empty = run("diff", "HEAD", cwd=repository.root)
    assert (empty.code, empty.err) == (2, "promptstead: the repository has no commits yet (commit first)\n")
    repository.commit()
    repository.write(PATH, PROMPT.replace("inputs:", "inputs: ["))
    repository.commit()
    repository.write(PATH, PROMPT)
    repository.commit()
    broken = run("diff", "HEAD~1..HEAD", cwd=repository.root)
    assert broken.code == 0
    assert f"{PATH}: not compared: it is not valid in the base (run promptstead lint)\n" in broken.err
    assert run("diff", "HEAD~1", "--format", "json", cwd=repository.root).json["unreadable"] == ["shop/mood"]
    for revision in ("nope", "nope..HEAD", "HEAD..nope", "HEAD...nope"):
        unknown = run("diff", revision, cwd=repository.root)
        assert unknown.code == 2
        assert "there is no revision `nope` here" in unknown.err
    assert run("diff", "--output=x..HEAD", cwd=repository.root).code == 2
    assert run("diff", cwd=repository.root).code == 2

    clone = tmp_path / "clone"
    repository.run("clone", "--quiet", "--depth=1", f"file://{repository.root}", str(clone))
    shallow = run("diff", "HEAD~1..HEAD", cwd=clone)
    assert shallow.code == 2
    assert "shallow clone" in shallow.err
    assert "git fetch" in shallow.err
    outside = run("diff", "HEAD", cwd=tmp_path)
    assert outside.code == 2
    assert "not a Git repository" in outside.err


def test_a_configuration_that_was_wrong_is_named_with_its_revision(repository: ScratchRepository) -> None:
    write_sample(repository)
    repository.write("promptstead.toml", "roots = 3\n")
    wrong = repository.commit()
    repository.write("promptstead.toml", "")
    done = run("diff", "HEAD", cwd=repository.root)
    assert done.code == 2
    assert done.err.startswith(f"promptstead: {wrong[:7]}:promptstead.toml:1: `roots` must be a list")


def test_a_workspace_below_the_top_of_the_repository(repository: ScratchRepository) -> None:
    """In a monorepo the folder with promptstead.toml is the workspace, and paths start there."""
    repository.write("services/chat/promptstead.toml", "")
    repository.write(f"services/chat/{PATH}", PROMPT)
    repository.write(f"services/chat/{PARTIAL}", DATA)
    repository.write(OTHER, LEAVE)
    repository.commit()
    repository.write(f"services/chat/{PATH}", PROMPT.replace("one word", "a word"))
    repository.write(f"services/chat/{CASES}", cases(1))
    repository.write(f"services/chat/{OUTPUTS}", outputs(answered(1)))
    repository.write(OTHER, LEAVE.replace("Answer", "Ask"))
    done = run("diff", "HEAD", cwd=repository.root / "services/chat")
    assert done.out.count("  changed\n") == 1
    assert done.out.startswith("shop/mood  changed\n")
    repository.commit()
    built = run("bundle", "build", cwd=repository.root / "services/chat")
    assert built.code == 0, built
    assert built.out.startswith("promptstead.bundle: 1 prompt of commit ")


def test_rendered_messages_have_one_representative_for_all_that_change_alike(repository: ScratchRepository) -> None:
    write_sample(repository, 5)
    branch = PROMPT.replace(
        "      {{ review |",
        "      {% if '3' in review %}Take your time.{% else %}Be quick.{% endif %}\n      {{ review |",
    )
    repository.write(PATH, branch)
    repository.commit()
    repository.write(PATH, branch.replace("Take your time", "Take all your time").replace("Be quick", "Be swift"))
    repository.write(CASES, cases(6).replace("Review 0: the shoes", "Review 0: the boots"))
    done = run("diff", "HEAD", "--rendered", cwd=repository.root)
    assert done.out.endswith(
        "  rendered: 4 changed in 2 ways, 0 the same\n"
        "    r001 and 2 more alike\n"
        "      user message:\n"
        "        Be [-quick-]{+swift+}.<review>\n"
        "        Review 1: the shoes are fine.\n"
        "        </review>\n"
        "    r003\n"
        "      user message:\n"
        "        Take {+all+} your time.<review>\n"
        "        Review 3: the shoes are fine.\n"
        "        </review>\n"
    )
    brief = run("diff", "HEAD", cwd=repository.root)
    assert brief.out.endswith("  rendered: 4 changed in 2 ways, 0 the same\n")
    (prompt,) = run("diff", "HEAD", "--format", "json", cwd=repository.root).json["prompts"]
    assert [way["cases"] for way in prompt["rendered"]["changes"]] == [["r001", "r002", "r004"], ["r003"]]
    review = run("review", "HEAD", cwd=repository.root).out
    assert "**rendered messages** 4 cases change in 2 ways, 0 stay the same" in review
    assert "- `r001` and 2 more: " in review

    repository.write(PATH, branch.replace("'3' in review", "mood"))
    broken = run("diff", "HEAD", cwd=repository.root)
    assert "    r001: head: `mood` is undefined\n" in broken.out
    repository.write(PATH, branch.replace("      You read", "      {# for the shop #}You read"))
    unseen = run("diff", "HEAD", "shop/mood", cwd=repository.root)
    assert "rendered: 0 changed, 4 the same\n" in unseen.out
