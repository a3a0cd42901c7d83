"""Packages that misbehave: what they say is bounded, and what they do not say is no answer."""

import json

import pytest

from tests.conftest import ScratchRepository
from tests.extensions.installed import Environment
from tests.extensions.user import ALLOWED, User
from tests.samples import PATH, PROMPT, write_sample

CODE = """
import itertools, os, sys, time
from promptstead.extend import Evaluator, Finding, Format, Result, Rule

def evaluator(judge, **more):
    return Evaluator(judge, "one that misbehaves", **more)

def raises(): raise ValueError("no such thing")
def leaves(): sys.exit(0)
def dies(): os._exit(3)
def hangs(): time.sleep(3600)
def deep():
    found = []
    for _ in range(100_000): found = [found]
    return found

E = {
    "nan": evaluator(lambda a, o, c: float("nan")),
    "infinite": evaluator(lambda a, o, c: Result(float("inf"), "much")),
    "huge": evaluator(lambda a, o, c: 10 ** 4000),
    "reason": evaluator(lambda a, o, c: Result(True, "x" * 50_000_000)),
    "label": evaluator(lambda a, o, c: "y" * 50_000_000),
    "endless": evaluator(lambda a, o, c: itertools.count()),
    "list": evaluator(lambda a, o, c: [1]),
    "much": evaluator(lambda a, o, c: ["z" * 100_000]),
    "deep": evaluator(lambda a, o, c: deep()),
    "nothing": evaluator(lambda a, o, c: None),
    "raises": evaluator(lambda a, o, c: raises()),
    "leaves": evaluator(lambda a, o, c: leaves()),
    "dies": evaluator(lambda a, o, c: dies()),
    "hangs": evaluator(lambda a, o, c: hangs()),
    "prints": evaluator(lambda a, o, c: print("noise") or 1),
    "secret": evaluator(lambda a, o, c: ",".join(key for key in os.environ if "SECRET" in key) or "clean"),
    "schema": evaluator(lambda a, o, c: True, options={"type": "nothing"}),
    "outside": evaluator(lambda a, o, c: True, options={"$ref": "file:///etc/passwd"}),
    "upward": evaluator(lambda a, o, c: True, better="up"),
}
globals().update({f"E_{name}": value for name, value in E.items()})

def endless(prompt):
    for number in itertools.count():
        yield Finding(f"finding {number}", ("messages", 0, "content"), start=-5, end=10 ** 30)
def shouts(prompt): yield Finding("line one\\n\\x1b[31m" + "x" * 1_000_000, ("no", "such", 7), hint="h\\n::error::x")
def odd(prompt): return [{"message": "no Finding"}]
def none(prompt): return None
R_endless = Rule(endless, "endless", "finds without end")
R_shouts = Rule(shouts, "shouts", "finds long words")
R_odd = Rule(odd, "odd", "finds what is none")
R_none = Rule(none, "none", "gives nothing")
R_raises = Rule(lambda prompt: raises(), "raises", "raises")
R_dies = Rule(lambda prompt: dies(), "dies", "ends its process")
R_level = Rule(odd, "level", "has no such level", levels="fatal")

F_huge = Format(lambda document: "x" * 50_000_000, "too much", ("promptstead/lint/v1",))
F_raises = Format(lambda document: raises(), "raises", ("promptstead/lint/v1",))
F_bytes = Format(lambda document: b"x", "no text", ("promptstead/lint/v1",))
F_dies = Format(lambda document: dies(), "ends its process", ("promptstead/lint/v1",))
"""
EVALUATORS = (
    *("nan", "infinite", "huge", "reason", "label", "endless", "list", "much", "deep", "nothing", "raises", "leaves"),
    *("dies", "hangs", "prints", "secret", "schema", "outside", "upward"),
)
RULES = {"endless": "EVIL101", "shouts": "EVIL102", "odd": "EVIL103", "none": "EVIL104", "raises": "EVIL105"}
FORMATS = ("huge", "raises", "bytes", "dies")


def install(environment: Environment, rules: dict[str, str]) -> None:
    lines = ['[project]\nname = "acme-checks"\nversion = "6.6.6"', '[project.entry-points."promptstead.evaluators"]']
    lines += [f'"evil/{name}" = "evil:E_{name}"' for name in EVALUATORS]
    lines += ['[project.entry-points."promptstead.formats"]', *(f'"evil/{name}" = "evil:F_{name}"' for name in FORMATS)]
    lines += ['[project.entry-points."promptstead.rules"]', *(f'{rules[name]} = "evil:R_{name}"' for name in rules)]
    environment.install({"evil.py": CODE}, "\n".join(lines))


@pytest.fixture
def user(repository: ScratchRepository, environment: Environment) -> User:
    write_sample(repository, 1)
    repository.write("promptstead.toml", ALLOWED)
    repository.commit("main")
    return User(repository, environment)


def test_what_evaluators_may_say(user: User) -> None:
    install(user.environment, {})
    own = "".join(f"  {name}: {{type: evil/{name}, timeout: {2 if name == 'hangs' else 30}}}\n" for name in EVALUATORS)
    user.repository.write(PATH, PROMPT.replace("gate:", f"{own}gate:"))
    assert user.run("eval", "--run-file", "x.run.jsonl", "--quiet", A_SECRET="x").code == 0
    line = (user.repository.root / "x.run.jsonl").read_text(encoding="utf-8").splitlines()[1]
    results = json.loads(line)["samples"][0]["results"]
    said = {name: (each["value"], each["reason"]["text"]) for name, each in results.items()}
    assert said["nan"] == (None, "the evaluator gave nan, which is not a score")
    assert said["infinite"] == (None, "the evaluator gave inf, which is not a score")
    assert said["huge"][0] is None
    assert (said["reason"][0], len(said["reason"][1])) == (True, 500)
    assert len(said["label"][0]) == 200
    assert said["endless"][0] is None
    assert "not JSON serializable" in said["endless"][1]
    assert said["list"] == (None, "the evaluator gave `[1]`, which is not an assertion, a score or a label")
    assert said["much"] == (None, "`evil/much`: it said more than 64 KiB")
    assert "RecursionError" in said["deep"][1]
    assert said["nothing"] == (None, "the evaluator gave nothing")
    assert said["raises"] == (None, "`evil/raises`: it failed: ValueError: no such thing")
    assert said["leaves"] == (None, "`evil/leaves`: it failed: SystemExit: 0")
    assert said["dies"] == (None, "`evil/dies` ended its process")
    assert said["hangs"] == (None, "`evil/hangs` took longer than 2 seconds")
    assert said["prints"] == (1.0, "the evaluator gave `1`")
    assert said["secret"][0] == "clean"
    refused = {"schema": "the schema is malformed", "outside": "refers outside itself", "upward": "`better` is 'up'"}
    for name, why in refused.items():
        assert said[name][0] is None
        assert why in said[name][1]


def test_what_rules_may_say(user: User) -> None:
    install(user.environment, RULES)
    found: dict[str, list[dict[str, object]]] = {}
    for each in user.findings("--select", "EVIL"):
        found.setdefault(str(each["code"]), []).append(each)
    assert len(found["EVIL101"]) <= 200
    assert all(1 <= int(str(each["line"])) <= PROMPT.count("\n") + 1 for each in found["EVIL101"])
    text = user.run("lint", "--select", "EVIL102,EVIL103,EVIL104,EVIL105")
    assert text.code == 1
    assert "\x1b" not in text.out
    assert "\n::error" not in text.out
    assert max(map(len, text.out.splitlines())) < 1_000
    rest = {each["code"]: each for each in user.findings("--select", "EVIL102,EVIL103,EVIL104,EVIL105")}
    assert rest["EVIL103"]["message"].endswith("TypeError: it returned dict, not a Finding of promptstead.extend")
    assert "'NoneType' object is not iterable" in rest["EVIL104"]["message"]
    assert rest["EVIL105"]["message"] == (
        "the rule cannot judge this prompt: `EVIL105`: it failed: ValueError: no such thing"
    )
    assert rest["EVIL105"]["level"] == "error"
    assert rest["EVIL105"]["hint"] == "report it to the author of acme-checks 6.6.6"


def test_a_rule_that_ends_its_process_and_one_of_no_level(user: User) -> None:
    install(user.environment, {"dies": "EVIL101", "none": "EVIL102"})
    found = {each["code"]: each["message"] for each in user.findings("--select", "EVIL")}
    assert found["EVIL101"] == "the rule cannot judge this prompt: `EVIL101` ended its process"
    assert "not iterable" in found["EVIL102"]  # the process was started anew
    install(user.environment, {"level": "EVIL101"})
    done = user.run("lint")
    assert (done.code, done.out) == (2, "")
    assert "`EVIL101`: it failed: ValueError: `levels` is " in done.err
    assert "(acme-checks 6.6.6)" in done.err


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("huge", "it said more than 16,384 KiB"),
        ("raises", "it failed: ValueError: no such thing"),
        ("bytes", "it returned bytes, not text"),
        ("dies", "ended its process"),
    ],
)
def test_what_formats_may_say(user: User, name: str, why: str) -> None:
    install(user.environment, {})
    done = user.run("lint", "--format", f"evil/{name}", "--output", "report.txt")
    assert (done.code, done.out) == (2, "")
    assert why in done.err
    assert not (user.repository.root / "report.txt").exists()
