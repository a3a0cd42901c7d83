"""The store of answers outside the repository: what it accepts as a place, and what it gives back."""

import os
import stat
from pathlib import Path

import pytest

from promptstead.errors import PromptsteadError
from promptstead.storage.answer_store import AnswerStore

DIGEST = "sha256:" + "0a" * 32


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AnswerStore:
    monkeypatch.delenv("PROMPTSTEAD_STORE", raising=False)
    (tmp_path / "store").mkdir()
    (tmp_path / "repository").mkdir()
    return AnswerStore(str(tmp_path / "store"), str(tmp_path / "repository"))


def test_what_is_stored_is_there_for_its_owner_alone(store: AnswerStore, tmp_path: Path) -> None:
    digest = store.write("é\n")
    assert store.read(digest) == "é\n".encode()
    assert store.write("é\n") == digest
    (path,) = (path for path in (tmp_path / "store").rglob("*") if path.is_file())
    assert path.relative_to(tmp_path / "store").as_posix() == f"{digest[7:9]}/{digest[7:]}.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    store.remove(digest)
    store.remove(digest)
    assert store.read(digest) is None


@pytest.mark.parametrize(
    "digest", ["", "sha256:../../etc/passwd", "sha256:" + "g" * 64, "sha256:" + "A" * 64, DIGEST + "\n"]
)
def test_what_is_no_digest_names_nothing(store: AnswerStore, digest: str) -> None:
    with pytest.raises(PromptsteadError, match="not the digest"):
        store.read(digest)


def test_links_lead_nowhere(store: AnswerStore, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret")
    folder = tmp_path / "store" / "0a"
    folder.mkdir()
    (folder / f"{'0a' * 32}.json").symlink_to(secret)
    with pytest.raises(PromptsteadError, match="cannot be read"):
        store.read(DIGEST)
    (tmp_path / "store" / "0b").symlink_to(folder)
    with pytest.raises(PromptsteadError, match="is a link"):
        store.read("sha256:" + "0b" * 32)


def test_a_pipe_is_no_answer(store: AnswerStore, tmp_path: Path) -> None:
    (tmp_path / "store" / "0a").mkdir()
    os.mkfifo(tmp_path / "store" / "0a" / f"{'0a' * 32}.json")
    with pytest.raises(PromptsteadError, match="is not a file"):
        store.read(DIGEST)


def test_the_store_lies_outside_and_is_there(
    store: AnswerStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "repository"
    (tmp_path / "link").symlink_to(root)
    for folder, why in (
        ("", "no store of private answers is configured"),
        (root, "must be outside the repository"),
        (root / "below", "must be outside the repository"),
        (tmp_path / "link", "must be outside the repository"),
        (tmp_path / "absent", "does not exist"),
        ("relative", "must be outside the repository"),
    ):
        with pytest.raises(PromptsteadError, match=why):
            AnswerStore(str(folder), str(root)).read(DIGEST)
    monkeypatch.setenv("PROMPTSTEAD_STORE", str(tmp_path / "store"))
    assert AnswerStore(str(root), str(root)).open() == store.open()


def test_nothing_half_written_stays_when_it_cannot_be_stored(store: AnswerStore, tmp_path: Path) -> None:
    digest = store.write("x")
    path = tmp_path / "store" / digest[7:9] / f"{digest[7:]}.json"
    path.unlink()
    path.mkdir()
    with pytest.raises(PromptsteadError, match="cannot be stored"):
        store.write("x")
    assert list(path.parent.iterdir()) == [path]
