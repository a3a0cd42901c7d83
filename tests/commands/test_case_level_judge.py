"""A judge that one case declares, among so many cases that they are judged in several processes."""

from tests.command_line import run
from tests.commands.test_judges import CHECK, JUDGE, TONE, said
from tests.conftest import ScratchRepository
from tests.recorded import SETTINGS, answer, at_home
from tests.samples import CASES, MANY, answered, outputs, write_sample


def test_it_is_asked_for_and_heard(repository: ScratchRepository) -> None:
    write_sample(repository, MANY, recorded=outputs(answered(MANY)))
    cases = (repository.root / CASES).read_text(encoding="utf-8")
    own = "    evaluators:\n" + "".join(f"    {line}\n" for line in CHECK.splitlines())
    repository.write(CASES, cases.rstrip("\n") + f"\n{own}")
    repository.write(JUDGE, TONE)
    repository.write("promptstead.toml", SETTINGS)
    answer(repository, [said(2, "curt")])
    assert at_home("record", "--judges", "shop/mood", cwd=repository.root).code == 0
    assert "1 judgement kept" in at_home("accept", "--all", "--even-failing", cwd=repository.root).err
    (entry,) = run("eval", "--format", "json", "shop/mood", cwd=repository.root).json["results"]
    assert entry["unscored"] == []
    assert (entry["cases"]["pass"], entry["cases"]["fail"]) == (MANY - 1, 1)
