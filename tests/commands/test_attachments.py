"""Images and files by path: what is sent, what makes an answer stale, what is said of them, and what is refused."""

import json
from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from typing import Any

import anthropic
import openai
import pytest

from promptstead import open_bundle
from tests.attached import (
    CARD,
    CARD_BYTES,
    CASES,
    JPEG,
    PATH,
    POINTER,
    PROMPT,
    SCAN,
    SCAN_BYTES,
    TARIFF,
    TARIFF_BYTES,
    WITH_CASES,
    write_letter,
)
from tests.command_line import run
from tests.commands.test_eval_live import serving
from tests.commands.test_requests import canonical
from tests.conftest import ScratchRepository
from tests.providers.server import KEY, Server
from tests.recorded import at_home

PROVIDER = """\
[providers.{api}]
base_url = "{url}"
key_env = "LOOP_KEY"
api = "{api}"
"""
OWN_MODEL = "gpt-5.4-nano-2026-03-17"
EVERY_FILE = [CARD_BYTES, SCAN_BYTES, TARIFF_BYTES]


def digest(data: bytes) -> str:
    return sha256(data).hexdigest()


def encoded(data: bytes) -> str:
    return b64encode(data).decode()


def settings(server: Server) -> str:
    return "".join(
        PROVIDER.format(api=api, url=server.address(api) if api == "messages" else server.base_url)
        for api in ("chat", "responses", "messages")
    )


def test_what_is_recorded_is_what_the_bundle_sends(repository: ScratchRepository) -> None:
    recorded, sent = Server(usage=True), Server()
    write_letter(repository)
    (repository.root / PATH).unlink()
    for api in ("chat", "responses", "messages"):
        repository.write(f"prompts/health/letter/{api}.prompt.yml", PROMPT.replace(OWN_MODEL, f"{api}/tiny-1"))
        repository.write(f"prompts/health/letter/{api}/cases.yml", WITH_CASES)
        repository.write(f"prompts/health/letter/{api}/scans/first.jpg", SCAN_BYTES)
        repository.write(f"prompts/health/letter/{api}/card.png", CARD_BYTES)
    with serving(recorded):
        repository.write("promptstead.toml", settings(recorded))
        repository.commit()
        done = at_home("record", cwd=repository.root, env={"LOOP_KEY": KEY})
        assert done.out.count("2 answers recorded") == 3, done
    assert at_home("bundle", "build", cwd=repository.root).code == 0
    bundle = open_bundle(repository.root / "promptstead.bundle")
    with (
        serving(sent),
        openai.OpenAI(base_url=sent.base_url, api_key=KEY, max_retries=0) as client,
        anthropic.Anthropic(base_url=sent.address("messages"), api_key=KEY, max_retries=0) as claude,
    ):
        calls: dict[str, Any] = {
            "responses": client.responses,
            "messages": claude.messages,
            "chat": client.chat.completions,
        }
        for prompt_id, prompt in bundle.items():
            for scan in (SCAN_BYTES, "https://example.org/letter.png"):
                calls[prompt_id.rpartition("/")[2]].create(**prompt.request(scan=scan))
    assert len(sent.bodies) == 6
    assert canonical(sent.bodies) == canonical([_as_asked(body) for body in recorded.bodies])
    text = json.dumps(recorded.bodies)
    assert all(encoded(data) in text for data in EVERY_FILE)
    assert "sha256" not in text


def _as_asked(body: dict[str, Any]) -> dict[str, Any]:
    """Return a body without what a call of ours adds: that the answer comes in pieces."""
    return {key: value for key, value in body.items() if key not in ("stream", "stream_options")}


def test_another_picture_makes_an_answer_stale(repository: ScratchRepository) -> None:
    server = Server(say=lambda body: "good")
    prompt = PROMPT.replace(OWN_MODEL, "chat/tiny-1")
    write_letter(repository, prompt)
    with serving(server):
        repository.write("promptstead.toml", settings(server))
        at_home("record", cwd=repository.root, env={"LOOP_KEY": KEY})
        at_home("accept", "--all", cwd=repository.root)
    assert "2 pass" in run("check", cwd=repository.root).err
    repository.commit()

    (repository.root / SCAN).rename(repository.root / "prompts/health/letter/scans/renamed.jpg")
    repository.write(CASES, WITH_CASES.replace("first", "renamed"))
    repository.write(PATH, prompt.replace("first", "renamed"))
    assert "2 pass" in run("check", cwd=repository.root).err, "the same bytes under another name are asked alike"
    repository.run("checkout", ".")

    repository.write(SCAN, SCAN_BYTES + b"!")
    stale = run("check", "--verbose", cwd=repository.root)
    assert "1 not evaluated, 1 pass" in stale.err or "1 pass, 1 not evaluated" in stale.err, stale
    assert "stale" in stale.out

    repository.write(CARD, CARD_BYTES + b"!")
    assert "2 not evaluated" in run("check", cwd=repository.root).err


def test_an_answer_by_hand_is_tied_to_the_bytes(repository: ScratchRepository) -> None:
    write_letter(repository)
    outputs = "prompts/health/letter/outputs.yml"
    entry = "  - case: file\n    model: me\n    source: reference\n    samples:\n      - output: good\n"
    repository.write(outputs, f"schema: promptstead/outputs/v1\noutputs:\n{entry}")
    assert at_home("accept", "--all", cwd=repository.root).code == 0
    assert "inputs: sha256:" in (repository.root / outputs).read_text()
    assert "1 pass" in run("check", cwd=repository.root).err
    repository.write(SCAN, SCAN_BYTES + b"!")
    assert "2 not evaluated" in run("check", cwd=repository.root).err


FILES = {CARD: "card.png", TARIFF: "/documents/tariff.pdf", SCAN: "scans/first.jpg"}


@pytest.mark.parametrize("file", FILES)
def test_a_file_that_alone_changed_is_reviewed(repository: ScratchRepository, file: str) -> None:
    write_letter(repository)
    other = "schema: promptstead/v1\ntitle: x\nmessages:\n- {role: user, content: x}\n"
    repository.write("prompts/shop/other.prompt.yml", other)
    repository.commit()
    before = (repository.root / file).read_bytes()
    repository.write(file, before + b" anew")
    sizes = [f"{len(data)} B, sha256:{digest(data)}" for data in (before, before + b" anew")]
    commands = [["diff", "HEAD"], ["review", "HEAD", "--format", "md"]]
    if file == CARD:
        commands += [["review", "HEAD", "--format", form] for form in ("json", "text", "html")]
    for command in commands:
        report = run(*command, cwd=repository.root)
        said = " ".join(report.out.split())
        assert FILES[file] in said
        assert all(size in said for size in sizes), report
        assert "health/letter" in said
        assert "shop/other" not in said
        assert encoded(before)[:20] not in said
    assert "1 prompt" in run("lint", file, cwd=repository.root).err


def test_reports_and_files_hold_no_data(repository: ScratchRepository) -> None:
    write_letter(repository)
    said = f"image/jpeg, {len(SCAN_BYTES)} B, sha256:{digest(SCAN_BYTES)}"
    rendered = run("render", "health/letter", "--case", "file", cwd=repository.root)
    assert f"[image: scans/first.jpg, {said}]" in rendered.out
    assert f"[image: card.png, image/png, {len(CARD_BYTES)} B, sha256:{digest(CARD_BYTES)}, low]" in rendered.out
    document = run("render", "health/letter", "--case", "file", "--format", "json", cwd=repository.root).json
    assert document["attachments"][2] == {
        "path": "scans/first.jpg", "type": "image/jpeg", "bytes": len(SCAN_BYTES), "sha256": digest(SCAN_BYTES)
    }  # fmt: skip
    url = f"data:image/jpeg;base64,{{sha256:{digest(SCAN_BYTES)}}}"
    assert document["messages"][1]["content"][3]["image_url"]["url"] == url
    place = repository.root / "replay.run.jsonl"
    page = repository.root / "page.html"
    run("eval", "--run-file", place, "--format", "html", "--output", page, cwd=repository.root)
    rows = [json.loads(line) for line in place.read_text().splitlines()]
    scans = [row["inputs"]["scan"] for row in rows if row.get("case") == "file"]
    assert scans == [document["attachments"][2]]
    written = "".join(
        path.read_text("utf-8", "replace") for path in (place, page) if path.exists()
    ) + rendered.out + json.dumps(document)  # fmt: skip
    assert digest(SCAN_BYTES) in written
    assert not any(encoded(data)[:16] in written for data in EVERY_FILE)


def test_a_scan_from_anywhere_can_be_tried(repository: ScratchRepository, tmp_path: Path) -> None:
    write_letter(repository)
    other = tmp_path / "other.gif"
    other.write_bytes(b"GIF89a another")
    shown = run("render", "health/letter", "--input", f"scan=@{other}", cwd=repository.root)
    assert f"[image: image/gif, sha256:{digest(b'GIF89a another')}]" in shown.out
    (tmp_path / "inputs.json").write_text('{"scan": {"path": "scans/first.jpg"}}')
    named = run("render", "health/letter", "--inputs", tmp_path / "inputs.json", cwd=repository.root)
    assert "[image: scans/first.jpg" in named.out
    other.write_bytes(b"GIF89a" + bytes(5 << 20))
    refused = run("render", "health/letter", "--input", f"scan=@{other}", cwd=repository.root)
    assert (refused.code, refused.err.count("\n")) == (2, 1)
    assert "5,242,880 bytes" in refused.err


def test_rows_of_a_dataset_name_files(repository: ScratchRepository) -> None:
    dataset = PROMPT + "datasets:\n  - {path: letters.csv, columns: {id: id, inputs.scan: file, expected: about}}\n"
    write_letter(repository, dataset)
    rows = "id,file,about\na,scans/first.jpg,good\nb,scans/none.jpg,good\nc,https://example.org/a.png,good\n"
    repository.write("prompts/health/letter/letters.csv", rows)
    linted = run("lint", cwd=repository.root)
    assert "prompts/health/letter/letters.csv:3" in linted.out
    assert linted.out.count(" error ") == 1
    assert "sha256:" + digest(SCAN_BYTES) in run("render", "health/letter", "--case", "a", cwd=repository.root).out
    place = repository.root / "replay.run.jsonl"
    evaluated = run("eval", "--run-file", place, cwd=repository.root)
    assert evaluated.code == 2, evaluated
    assert "letters.csv:3" in evaluated.err
    cases = {
        row["case"]: row["inputs"]["scan"] for row in map(json.loads, place.read_text().splitlines()) if "case" in row
    }
    assert cases["a"]["sha256"] == digest(SCAN_BYTES)
    assert cases["c"] == "https://example.org/a.png"


def test_a_default_is_a_file_of_the_bundle(repository: ScratchRepository) -> None:
    write_letter(repository, PROMPT.replace("example:", "default:"))
    assert run("bundle", "build", "--working-tree", cwd=repository.root).code == 0
    prompt = open_bundle(repository.root / "promptstead.bundle")["health/letter"]
    (_, asked) = prompt.messages()
    assert asked["content"][3]["image_url"]["url"] == f"data:image/jpeg;base64,{encoded(SCAN_BYTES)}"


def test_files_in_canonical_form_keep_their_paths(repository: ScratchRepository) -> None:
    write_letter(repository)
    run("fmt", cwd=repository.root)
    assert "image: {path: card.png}" in (repository.root / PATH).read_text()
    assert "scan: {path: scans/first.jpg}" in (repository.root / CASES).read_text()
    assert run("fmt", "--check", cwd=repository.root).code == 0


def test_a_revision_in_git_lfs(repository: ScratchRepository) -> None:
    write_letter(repository)
    pointer = POINTER.replace(b"0" * 64, digest(CARD_BYTES).encode()).replace(b"size 12", b"size %d" % len(CARD_BYTES))
    repository.write(CARD, pointer)
    repository.commit()
    repository.write(CARD, CARD_BYTES)  # as `git lfs` checks it out
    refused = at_home("bundle", "build", cwd=repository.root)
    assert refused.code == 1
    assert "this is a Git LFS pointer and not the file" in refused.out
    said = digest(CARD_BYTES)
    repository.write(f".git/lfs/objects/{said[:2]}/{said[2:4]}/{said}", CARD_BYTES)
    assert at_home("bundle", "build", cwd=repository.root).code == 0
    prompt = open_bundle(repository.root / "promptstead.bundle")["health/letter"]
    assert encoded(CARD_BYTES) in json.dumps(prompt.request(scan=SCAN_BYTES))
    assert run("diff", "HEAD", cwd=repository.root).out == ""
    repository.write(f".git/lfs/objects/{said[:2]}/{said[2:4]}/{said}", CARD_BYTES[:-1] + b"?")
    assert at_home("bundle", "build", cwd=repository.root).code == 1


def test_what_cannot_be_attached_ends_a_command_in_one_line(repository: ScratchRepository) -> None:
    write_letter(repository)
    repository.write(CARD, JPEG + b"not what its name says")
    linted = run("lint", cwd=repository.root)
    assert linted.code == 1
    assert (
        "prompts/health/letter.prompt.yml:16:23: error SCH001 `prompts/health/letter/card.png`: the name" in linted.out
    )
    for command in (["render", "health/letter"], ["record"], ["run", "health/letter"]):
        refused = at_home(*command, cwd=repository.root)
        said = "prompts/health/letter/card.png: the name ends in `.png`, and its bytes are image/jpeg"
        assert (refused.code, refused.err) == (
            2,
            f"promptstead: {said} (rename the file, or put the right one there)\n",
        )
    assert run("bundle", "build", "--working-tree", cwd=repository.root).code == 1
