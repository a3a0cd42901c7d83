"""Hostile trees, each with a way to run code or to write elsewhere, and every command of the product in each of them.

A command is a process whose current folder is the tree. It must not leave the marker that the tree's payload makes,
change anything outside the tree, show a traceback, or end with another exit code than 0, 1, 2 and 130. Where Git or
Python by itself would run the payload, a control shows that it is live.
"""

import os
import random
import shlex
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.attacks.outcome import Outcome
from tests.command_line import environment
from tests.conftest import ScratchRepository, make_repository
from tests.recorded import SETTINGS, answer
from tests.samples import PATH, PROMPT, write_many, write_sample

SECONDS = 120
COMMAND = str(Path(sys.executable).with_name("promptstead"))
PYTEST = str(Path(sys.executable).with_name("pytest"))
CHECKS = f"promptstead_checks_of_trees_{os.getpid()}"
"""A module among the installed packages, as somebody's checks are; only the base may allow them."""
ASKING = ("run", "record", "eval --live")
"""What calls models, and may run `key_command` to do so."""

COMMANDS: dict[str, tuple[str, ...]] = {
    "check": ("check", "--verbose"),
    "check for a review": ("check", "--stage", "review"),
    "check for a release": ("check", "--stage", "release", "--base", "main"),
    "check to a file": ("check", "--format", "sarif", "--output", "report.html"),
    "lint": ("lint", "--no-cache"),
    "lint --fix": ("lint", "--fix", "--unsafe-fixes"),
    "lint --write-baseline": ("lint", "--write-baseline"),
    "fmt": ("fmt",),
    "migrate": ("migrate",),
    "rule": ("rule", "--data"),
    "render": ("render", "shop/mood", "--case", "all"),
    "run": ("run", "shop/mood", "--case", "r000"),
    "record": ("record", "--all"),
    "record --to": ("record", "--to", "answers"),
    "record --from": ("record", "--from", "answers"),
    "accept": ("accept", "--all", "--even-failing"),
    "accept --reject": ("accept", "--all", "--reject"),
    "outputs list": ("outputs", "list"),
    "outputs show": ("outputs", "show", "shop/mood", "r000"),
    "outputs move": ("outputs", "move"),
    "outputs note": ("outputs", "note", "shop/mood", "r000", "Right."),
    "outputs notes": ("outputs", "notes"),
    "outputs prune": ("outputs", "prune", "--stored"),
    "eval": ("eval",),
    "eval to files": ("eval", "--run-file", "a.run.jsonl", "--format", "html", "--output", "page.html"),
    "eval --live": ("eval", "--live", "shop/mood", "--run-file", "live.run.jsonl"),
    "eval show": ("eval", "show", "base.run.jsonl", "--output", "shown.txt"),
    "eval merge": ("eval", "merge", "base.run.jsonl", "--run-file", "merged.run.jsonl"),
    "eval --rescore": ("eval", "--rescore", "base.run.jsonl", "--run-file", "again.run.jsonl"),
    "audit": ("audit",),
    "diff": ("diff", "refs/heads/main..HEAD"),
    "diff of the working tree": ("diff", "refs/heads/main", "--rendered"),
    "compare": ("compare", "main..HEAD"),
    "compare runs": ("compare", "base.run.jsonl", "base.run.jsonl", "--format", "csv", "--output", "compared.csv"),
    "textconv": ("textconv", PATH),
    "review": ("review", "refs/heads/main...HEAD"),
    "review of the working tree": ("review", "refs/heads/main", "--format", "html", "--output", "report.html"),
    "power": ("power", "--rate", "0.8"),
    "bundle build": ("bundle", "build", "--output", "prompts.bundle"),
    "bundle build in a folder": ("bundle", "build", "--output", "answers/prompts", "--working-tree"),
    "new": ("new", "shop/other"),
    "init": ("init",),
    "init --git-diff": ("init", "--git-diff"),
    "init --hooks": ("init", "--hooks"),
    "init --update": ("init", "--update"),
    "uninstall": ("uninstall",),
    "pytest": (PYTEST, "-p", "no:cacheprovider"),
    "pytest of a folder": (PYTEST, "-p", "no:cacheprovider", "prompts"),
}


@dataclass(frozen=True)
class Box:
    """A folder for one tree: what lies beside the tree must stay as it is."""

    folder: Path

    @property
    def tree(self) -> Path:
        return self.folder / "tree"

    @property
    def marker(self) -> Path:
        return self.folder / "marker"

    @property
    def outside(self) -> Path:
        return self.folder / "outside"

    @property
    def payload(self) -> str:
        """Return a command line that makes the marker, and passes on what it is given."""
        return f"touch {self.marker}; cat"

    def script(self, path: Path) -> None:
        """Write a program that makes the marker."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"#!/bin/sh\ntouch {self.marker}\n", encoding="utf-8")
        path.chmod(0o755)

    def beside(self) -> dict[str, bytes | None]:
        """Return what lies outside the tree: path -> content, None for a folder or a link."""
        found: dict[str, bytes | None] = {}
        for path in sorted(self.folder.rglob("*")):
            if path.relative_to(self.folder).parts[0] not in ("tree", "pristine", "cache"):
                found[str(path.relative_to(self.folder))] = path.read_bytes() if path.is_file() else None
        return found


@dataclass(frozen=True, slots=True)
class Hostile:
    """A hostile tree.

    :ivar plant: writes it over the ordinary one, where the branch of the change is checked out.
    :ivar control: what makes the marker outside promptstead, run in *below*.
    :ivar below: a folder of the tree from which commands are tried, too.
    :ivar variables: what the environment has besides.
    :ivar without: commands that are left out, and why.
    """

    plant: Callable[[ScratchRepository, Box], None]
    control: tuple[str, ...] = ()
    below: str = ""
    variables: Callable[[Box], Mapping[str, str]] = lambda box: {}
    without: Collection[str] = ()


def _bare(repository: ScratchRepository, box: Box, folder: str, *, bare: str = "false") -> None:
    for path in ("objects/x", "refs/x"):
        repository.write(f"{folder}/{path}", "")
    repository.write(f"{folder}/HEAD", "ref: refs/heads/main\n")
    tree = "\tworktree = .\n" if bare == "false" else ""
    repository.write(
        f"{folder}/config",
        f"[core]\n\trepositoryformatversion = 0\n\tbare = {bare}\n{tree}\tfsmonitor = touch {box.marker}\n"
        f'[filter "x"]\n\tclean = {box.payload}\n\tprocess = touch {box.marker}\n',
    )
    repository.write(f"{folder}/.gitattributes", "* filter=x\n")
    repository.write(f"{folder}/promptstead.toml", '[policy]\npython_evaluators = ["*:*"]\n')
    text = (repository.root / PATH).read_text(encoding="utf-8")
    repository.write(f"{folder}/prompts/shop/mood.prompt.yml", text)


def embedded_bare(repository: ScratchRepository, box: Box) -> None:
    _allowed(repository, box, settings=False)
    _bare(repository, box, "prompts/evil")
    repository.commit()


def no_git(repository: ScratchRepository, box: Box) -> None:
    embedded_bare(repository, box)
    shutil.rmtree(repository.root / ".git")
    _bare(repository, box, ".")
    repository.write("promptstead.toml", SETTINGS)


def _filters(repository: ScratchRepository, box: Box) -> None:
    for name in ("lfs", "a=b.c d"):
        repository.run("config", f"filter.{name}.clean", box.payload)
        repository.run("config", f"filter.{name}.required", "true")
    repository.run("config", "filter.process.process", f"touch {box.marker}")
    repository.write(".gitattributes", "*.yml filter=lfs\n*.md filter=process\n*.toml diff=x\n")


def filters(repository: ScratchRepository, box: Box) -> None:
    repository.commit()
    _filters(repository, box)


def settings_of_git(repository: ScratchRepository, box: Box) -> None:
    box.script(repository.root / ".git/payload")
    payload = str(repository.root / ".git/payload")
    repository.commit()
    for name in (
        "core.fsmonitor", "core.pager", "pager.diff", "core.editor", "core.sshCommand", "core.askPass", "diff.external",
        "core.alternateRefsCommand", "diff.x.command", "diff.x.textconv", "credential.helper", "gpg.program",
        "sequence.editor", "uploadpack.packObjectsHook", "interactive.diffFilter",
    ):  # fmt: skip
        repository.run("config", name, payload)
    for name in ("status.submoduleSummary", "submodule.recurse", "log.showSignature", "core.untrackedCache"):
        repository.run("config", name, "true")
    repository.write(".gitattributes", "* diff=x\n")


def included_settings(repository: ScratchRepository, box: Box) -> None:
    repository.write(
        "their.gitconfig", f'[core]\n\tfsmonitor = touch {box.marker}\n[filter "x"]\n\tclean = {box.payload}\n'
    )
    repository.write(".gitattributes", "* filter=x\n")
    repository.run("config", "include.path", "../their.gitconfig")
    repository.run("config", "includeIf.onbranch:**.path", "../their.gitconfig")


def hooks(repository: ScratchRepository, box: Box) -> None:
    repository.commit()
    for name in ("post-index-change", "pre-commit", "post-checkout", "reference-transaction", "fsmonitor-watchman"):
        box.script(repository.root / f".git/hooks/{name}")
        box.script(repository.root / f"hooks/{name}")


def lazy_fetch(repository: ScratchRepository, box: Box) -> None:
    repository.commit()
    blob = repository.run("rev-parse", f"main:{PATH}")
    (repository.root / ".git/objects" / blob[:2] / blob[2:]).unlink()
    for name, value in (
        ("core.repositoryFormatVersion", "1"),
        ("extensions.partialClone", "origin"),
        ("remote.origin.url", f"ext::touch {box.marker}"),
        ("remote.origin.promisor", "true"),
        ("protocol.ext.allow", "always"),
    ):
        repository.run("config", name, value)


def modules(repository: ScratchRepository, box: Box) -> None:
    write_many(repository)
    code = f"open({str(box.marker)!r}, 'a').write(__name__ + ' ')\n"
    for name in ("multiprocessing", "concurrent", "json", "types", "re", "sitecustomize", "usercustomize", "hashlib"):
        repository.write(f"{name}.py", code)
    for name in ("promptstead", "click", "yaml", "jsonschema_rs", "pytest_theirs", "numpy", "openai", "aiohttp"):
        repository.write(f"{name}/__init__.py", code)
    repository.write("theirs.pth", f"import os; {code}")
    for kind in ("dist", "egg"):
        repository.write(f"theirs-1.0.{kind}-info/METADATA", "Metadata-Version: 2.1\nName: theirs\nVersion: 1.0\n")
        points = "[pytest11]\ntheirs = pytest_theirs\n[console_scripts]\npromptstead = pytest_theirs:x\n"
        repository.write(f"theirs-1.0.{kind}-info/entry_points.txt", points)
    repository.commit()


def tests_of_theirs(repository: ScratchRepository, box: Box) -> None:
    code = f"open({str(box.marker)!r}, 'a')\n"
    for path in ("conftest.py", "prompts/conftest.py", "prompts/test_x.py", "setup.py", "noxfile.py"):
        repository.write(path, code)
    repository.commit()


def programs(repository: ScratchRepository, box: Box) -> None:
    for folder in ("", "bin/", "prompts/"):
        for name in ("git", "git.exe", "sh", "python", "python3", "promptstead", "less", "cat", "env", "az"):
            box.script(repository.root / f"{folder}{name}")
    repository.commit()


def path_to_programs(box: Box) -> Mapping[str, str]:
    places = ("", ".", "bin", str(box.tree), str(box.tree / "bin"), os.environ["PATH"])
    return {"PATH": os.pathsep.join(places)}


def variables(repository: ScratchRepository, box: Box) -> None:
    box.script(box.folder / "program")
    repository.commit()
    repository.write(PATH, (repository.root / PATH).read_text(encoding="utf-8").replace("one word", "a single word"))


def variables_of_git(box: Box) -> Mapping[str, str]:
    program = str(box.folder / "program")
    commands = ("GIT_EXTERNAL_DIFF", "GIT_PAGER", "GIT_EDITOR", "GIT_SSH", "GIT_SSH_COMMAND", "GIT_ASKPASS", "PAGER")
    traces = ("GIT_TRACE", "GIT_TRACE2", "GIT_TRACE2_EVENT", "GIT_TRACE_SETUP")
    more = {"EDITOR": program, "VISUAL": program, "BROWSER": program, "LESSOPEN": f"|{program}", "GIT_ATTR_SOURCE": "x"}
    return dict.fromkeys(commands, program) | dict.fromkeys(traces, str(box.marker)) | more


def _allowed(repository: ScratchRepository, box: Box, *, settings: bool = True, text: str = "") -> None:
    """Write a check that makes the marker, and settings that allow it."""
    check = f"  own: {{type: python, function: '{CHECKS}:judge', options: {{marker: '{box.marker}'}}}}\ngate:"
    text = text or (repository.root / PATH).read_text(encoding="utf-8")
    repository.write(PATH, text.replace("gate:", check))
    if settings:
        repository.write("promptstead.toml", SETTINGS + '[policy]\npython_evaluators = ["*:*"]\n')


def refs(repository: ScratchRepository, box: Box) -> None:
    _allowed(repository, box)
    theirs = repository.commit()
    for name in ("tags/origin/HEAD", "tags/origin/main", "tags/main", "heads/origin/HEAD", "remotes/origin/HEAD"):
        repository.run("update-ref", f"refs/{name}", theirs)


def no_base(repository: ScratchRepository, box: Box) -> None:
    _allowed(repository, box)
    repository.commit()
    repository.run("tag", "main", "HEAD")
    for name in ("heads/main", "remotes/origin/main"):
        repository.run("update-ref", "-d", f"refs/{name}")


def nested_settings(repository: ScratchRepository, box: Box) -> None:
    _allowed(repository, box)
    write_sample(ScratchRepository(repository.root / "prompts/evil"))
    _allowed(ScratchRepository(repository.root / "prompts/evil"), box)
    repository.commit()


def submodule(repository: ScratchRepository, box: Box) -> None:
    theirs = make_repository(box.folder / "theirs")
    write_sample(theirs)
    _allowed(theirs, box, text=PROMPT)
    theirs.commit()
    add = ("submodule", "--quiet", "add", str(theirs.root), "prompts/evil")
    repository.run("-c", "protocol.file.allow=always", *add)
    repository.commit()
    shutil.rmtree(theirs.root)


def other_git_folder(repository: ScratchRepository, box: Box) -> None:
    """A `.git` file as no commit can hold it, but an unpacked archive."""
    theirs = make_repository(repository.root / "prompts/evil")
    theirs.write(PATH, PROMPT)
    theirs.commit()
    _filters(theirs, box)
    (theirs.root / ".git").rename(repository.root / "theirs")
    theirs.write(".git", "gitdir: ../../theirs\n")


def other_working_tree(repository: ScratchRepository, box: Box) -> None:
    repository.commit()
    repository.run("config", "core.worktree", str(box.outside))


def store(repository: ScratchRepository, box: Box) -> None:
    repository.write("promptstead.toml", f'{SETTINGS}\n[outputs]\nprivate = ["prompts/*"]\nstore = "{box.outside}"\n')
    repository.commit()


def links(repository: ScratchRepository, box: Box) -> None:
    (box.outside / "file").write_text("of somebody\n", encoding="utf-8")
    runs = (f"{name}.run.jsonl" for name in ("a", "live", "merged", "again"))
    for name in ("report.html", "page.html", "shown.txt", "compared.csv", *runs):
        (repository.root / name).symlink_to("../outside/file")
    for name in ("prompts.bundle", "promptstead-baseline.json", "prompts/shop/mood/outputs.new.jsonl", ".gitignore"):
        (repository.root / name).unlink(missing_ok=True)
        (repository.root / name).symlink_to("../" * (name.count("/") + 1) + "outside/none")
    for name in (".promptstead", "answers", "schemas", "prompts/shop/other", "evals"):
        (repository.root / name).symlink_to("../" * (name.count("/") + 1) + "outside", target_is_directory=True)
    repository.run("add", "--all", "--force")
    repository.commit()


def key_command(repository: ScratchRepository, box: Box) -> None:
    box.script(repository.root / "token")
    commands = "\n".join(
        f'[providers.{name}]\nbase_url = "http://127.0.0.1:9/v1"\nkey_command = ["./token"]\n'
        for name in ("openai", "x")
    )
    repository.write("promptstead.toml", SETTINGS + commands)
    repository.commit()


STATUS = ("git", "status")
IN_PYTHON = (sys.executable, "-c")
ALLOWING = ("/bin/sh", "-c", f"git update-ref refs/remotes/origin/main HEAD; {COMMAND} eval --quiet")
"""The same tree where the base allows its checks."""
ON_ITS_OWN = ("/bin/sh", "-c", f"git -C ../.. rm --quiet --cached -f prompts/evil; {COMMAND} eval --quiet")
"""The same submodule where the outer repository does not know it."""
TREES: dict[str, Hostile] = {
    "embedded-bare": Hostile(embedded_bare, STATUS, "prompts/evil"),
    "no-git": Hostile(no_git, STATUS, "prompts/evil"),
    "filters": Hostile(filters, STATUS),
    "settings-of-git": Hostile(settings_of_git, STATUS),
    "included-settings": Hostile(included_settings, STATUS),
    "hooks": Hostile(hooks, ("git", "commit", "--allow-empty", "--message=x")),
    "lazy-fetch": Hostile(lazy_fetch, ("git", "show", f"main:{PATH}")),
    "modules": Hostile(modules, (*IN_PYTHON, "import multiprocessing")),
    "tests-of-theirs": Hostile(
        tests_of_theirs, (*IN_PYTHON, "import conftest"), without=("pytest", "pytest of a folder")
    ),
    "programs": Hostile(programs, ("/bin/sh", "-c", "git status"), "prompts", path_to_programs),
    "variables": Hostile(variables, ("git", "diff"), variables=variables_of_git),
    "refs": Hostile(refs, ALLOWING),
    "no-base": Hostile(no_base, ALLOWING),
    "nested-settings": Hostile(nested_settings, ALLOWING, "prompts/evil"),
    "submodule": Hostile(submodule, ON_ITS_OWN, "prompts/evil"),
    "other-git-folder": Hostile(other_git_folder, STATUS, "prompts/evil"),
    "other-working-tree": Hostile(other_working_tree),
    "store": Hostile(store),
    "links": Hostile(links),
    "key-command": Hostile(key_command, ("./token",), without=ASKING),
}


def attack(
    count: int,
    seed: int,
    folder: Path,
    *,
    trees: Collection[str] = tuple(TREES),
    commands: Collection[str] = tuple(COMMANDS),
) -> Outcome:
    """Run every command *count* times in each tree, in an order and from folders that *seed* decides.

    :param trees: only these.
    :param commands: only these.
    """
    chance = random.Random(seed)
    outcome = Outcome(facts={"trees": len(trees), "controls": 0})
    with _installed_checks(), _no_git_configuration():
        for name in trees:
            hostile = TREES[name]
            box = _built(folder / name, hostile)
            if hostile.control:
                outcome.facts["controls"] += 1
                if why := _dead(box, hostile):
                    outcome.failures.append(f"{name}: {why}")
            chosen = [each for each in commands if each not in hostile.without] * count
            chance.shuffle(chosen)
            for command in chosen:
                below = hostile.below if hostile.below and chance.random() < 0.5 else "."
                at_home = {"CI": ""} if chance.random() < 0.7 else {}
                outcome.tried += 1
                failures = _tried(box, hostile, COMMANDS[command], below, at_home)
                outcome.failures += [f"{name}: `{command}` in {below} {at_home or 'in CI'}: {why}" for why in failures]
    return outcome


def _built(folder: Path, hostile: Hostile) -> Box:
    """Build a tree whose branch `change` is the hostile one; it is copied from `pristine` for each command."""
    box = Box(folder)
    for path in (box.outside, folder / "home", folder / "tmp", folder / "cache"):
        path.mkdir(parents=True)
    repository = make_repository(box.tree)
    write_sample(repository)
    repository.write("promptstead.toml", SETTINGS)
    repository.write(PATH, PROMPT.replace("name: gpt-5.4-nano-2026-03-17", "name: fake/script"))
    answer(repository, [{"text": "good"}])
    run = [COMMAND, "eval", "--quiet", "--run-file", "base.run.jsonl"]
    subprocess.run(run, cwd=box.tree, env=environment(), check=True)
    base = repository.commit("main")
    repository.run("update-ref", "refs/remotes/origin/main", base)
    repository.run("checkout", "--quiet", "-b", "change")
    hostile.plant(repository, box)
    if hostile.below:
        _stage(box.tree / hostile.below)
    box.tree.rename(folder / "pristine")
    box.marker.unlink(missing_ok=True)
    return box


def _stage(folder: Path) -> None:
    """Give a repository in the tree, if there is one, an index: only then does Git look at files."""
    add = ("git", "add", "--force", "--", ".gitattributes")
    subprocess.run(add, cwd=folder, capture_output=True, check=False)


def _fresh(box: Box) -> None:
    """Copy the tree: every file of it looks changed to Git."""
    if box.tree.exists():
        shutil.rmtree(box.tree)
    shutil.copytree(box.folder / "pristine", box.tree, symlinks=True)


def _variables(box: Box, hostile: Hostile) -> dict[str, str]:
    own = {"HOME": str(box.folder / "home"), "TMPDIR": str(box.folder / "tmp"), "NO_PROXY": "*"}
    own |= {
        "XDG_CACHE_HOME": str(box.folder / "cache"),
        "OPENAI_API_KEY": "none",
        "OPENAI_BASE_URL": "http://127.0.0.1:9/v1",
    }
    return environment(**own) | dict(hostile.variables(box))


def _dead(box: Box, hostile: Hostile) -> str:
    """Return why the control shows nothing; empty where the payload is live."""
    _fresh(box)
    variables = _variables(box, hostile)
    where = box.tree / (hostile.below or ".")
    subprocess.run(hostile.control, cwd=where, env=variables, capture_output=True, timeout=SECONDS, check=False)
    live = box.marker.exists()
    box.marker.unlink(missing_ok=True)
    return "" if live else f"the control `{shlex.join(hostile.control)}` runs nothing: the tree is not hostile here"


def _tried(box: Box, hostile: Hostile, arguments: Sequence[str], below: str, at_home: dict[str, str]) -> Iterator[str]:
    """Yield what did not hold when one command ran in a fresh copy of the tree."""
    _fresh(box)
    before = box.beside()
    started = arguments if arguments[0] == PYTEST else (COMMAND, *arguments)
    try:
        done = subprocess.run(
            started,
            cwd=box.tree / below,
            env=_variables(box, hostile) | at_home,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        yield f"more than {SECONDS} seconds"
        return
    said = (done.stdout + done.stderr).decode("utf-8", "replace")
    if box.marker.exists():
        yield f"its payload ran {box.marker.read_text(encoding='utf-8', errors='replace')[:200]!r}"
        box.marker.unlink()
    if done.returncode not in ((0, 1, 2, 4, 5, 130) if arguments[0] == PYTEST else (0, 1, 2, 130)):
        yield f"exit code {done.returncode}: {said[-300:]!r}"
    if "Traceback" in said:
        yield f"a traceback: {said[-300:]!r}"
    after = box.beside()
    for path in sorted(before.keys() | after.keys()):
        if before.get(path, b"-") != after.get(path, b"-") and path != "marker":
            yield f"{path} was changed, outside the tree"
            if path not in before and (box.folder / path).is_file():
                (box.folder / path).unlink()


@contextmanager
def _installed_checks() -> Iterator[None]:
    """Put a module among the installed packages; it makes the marker that the options name."""
    path = Path(sysconfig.get_path("purelib")) / f"{CHECKS}.py"
    code = "def judge(answer):\n    open(answer['options']['marker'], 'a').write('judged ')\n    return True\n"
    path.write_text(code, encoding="utf-8")
    try:
        yield
    finally:
        path.unlink()


@contextmanager
def _no_git_configuration() -> Iterator[None]:
    """Leave Git nothing but the repository at hand, as the tests do."""
    before = {name: os.environ.pop(name) for name in list(os.environ) if name.startswith("GIT_")}
    os.environ.update(GIT_CONFIG_GLOBAL=os.devnull, GIT_CONFIG_NOSYSTEM="1")
    for role in ("AUTHOR", "COMMITTER"):
        os.environ.update({f"GIT_{role}_NAME": "Test Author", f"GIT_{role}_EMAIL": "author@example.org"})
    try:
        yield
    finally:
        for name in [name for name in os.environ if name.startswith("GIT_")]:
            del os.environ[name]
        os.environ.update(before)
