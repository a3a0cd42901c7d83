"""Folders of any depth are walked; Git has paths of up to 4,096 bytes, which is two thousand folders."""

import os
import subprocess
from pathlib import Path

import pytest

from promptstead.storage.disk import walk
from tests.command_line import run
from tests.conftest import ScratchRepository
from tests.samples import write_sample

pytestmark = pytest.mark.skipif(os.name != "posix", reason="other systems have shorter paths, and links need rights")


def test_as_the_standard_library_does(tmp_path: Path) -> None:
    for name in ("a/b/c.txt", "a/d.txt", "e.txt", "f/g/h/i.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "a/link").symlink_to(tmp_path / "f")
    (tmp_path / "a/nothing").symlink_to("nowhere")
    (tmp_path / "a/loop").symlink_to("loop")
    ours, theirs = (
        {folder: (sorted(folders), sorted(names)) for folder, folders, names in each(str(tmp_path))}
        for each in (walk, os.walk)
    )
    assert ours == theirs
    failures: list[OSError] = []
    assert list(walk(str(tmp_path / "missing"), failures.append)) == []
    assert [type(error) for error in failures] == [FileNotFoundError]
    seen = []
    for _, folders, names in walk(str(tmp_path)):
        folders[:] = [name for name in folders if name != "f"]
        seen += names
    assert "c.txt" in seen
    assert "i.txt" not in seen


def test_folders_deeper_than_python_calls_itself(repository: ScratchRepository) -> None:
    write_sample(repository)
    repository.commit()
    subprocess.run(["mkdir", "-p", "d/" * 1_100], cwd=repository.root, check=True)
    try:
        for command in (("check",), ("review", "HEAD")):
            done = run(*command, cwd=repository.root)
            assert done.code == 0, done.err
        taken = run("record", "--from", ".", cwd=repository.root, env={"CI": ""})
        assert "there is no `outputs.new.jsonl` here" in taken.err
    finally:
        subprocess.run(["rm", "-rf", "d"], cwd=repository.root, check=True)
