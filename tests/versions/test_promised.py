"""What was promised is there: no command, option, exit code, rule, evaluator or public name goes without a warning."""

from tests.versions.promised import now, promised


def test_what_was_promised_is_there() -> None:
    gone = set(promised()) - now()
    assert not gone, "tooling/docs/stability.md says how something is deprecated, before a line is taken out here"


def test_the_list_is_of_everything() -> None:
    kinds = {line.split(" ", 1)[0] for line in promised()}
    assert kinds == {"command", "option", "exit", "rule", "evaluator", "format", "python"}
    assert len(promised()) > 300
    assert promised() == sorted(set(promised()))
