"""Attachments in an application: taken by their bytes, known by their digest, read when they are sent."""

import json
from base64 import b64encode
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptstead.errors import PromptsteadError
from promptstead.release import bundle as release
from promptstead.release.bundle import write_bundle
from promptstead.runtime import bundle_files
from promptstead.runtime.attachments import (
    MOST,
    MOST_TOGETHER,
    TYPES,
    filled,
    media_type,
    reference,
    references,
    referred,
)
from promptstead.runtime.bundle import BundledPrompt, open_bundle
from promptstead.runtime.bundle_files import BundleError
from promptstead.runtime.inputs import InputError
from tests.attached import CARD_BYTES, JPEG, PDF, PNG, SCAN_BYTES, TARIFF_BYTES, WEBP

TEXT = "Fee: 3 €\n".encode()


def digest(data: bytes) -> str:
    return sha256(data).hexdigest()


def url(media: str, data: bytes) -> str:
    return f"data:{media};base64,{b64encode(data).decode()}"


def part(kind: str, data: bytes, **more: str) -> dict[str, Any]:
    return {"type": kind, kind: [reference(media_type(data), digest(data))], **more}


def compiled(*files: bytes, **more: Any) -> dict[str, Any]:
    """Return a prompt that attaches *files* and two inputs."""
    parts = [part("image" if media_type(data) in TYPES["image"] else "file", data) for data in files]
    inputs = {
        name: {"schema": {"type": "string"}, "required": False, "trust": "untrusted", "attachment": name}
        for name in TYPES
    }
    written: list[Any] = [
        {"type": name, name: [["emit", ["get", name]]]} for name in TYPES if name in more.get("uses", ())
    ]
    return {
        "format": "promptstead/prompt/v1",
        "id": "health/letter",
        "inputs": inputs,
        "messages": [{"role": "user", "content": [{"type": "text", "text": ["Look"]}, *parts, *written]}],
        "model": {"name": "m", "api": more.get("api", "chat")},
        "attachments": {
            digest(data): {"path": f"{number}", "type": media_type(data), "bytes": len(data), "sha256": digest(data)}
            for number, data in enumerate(files)
        },
    }


@pytest.fixture(params=["folder", "archive"])
def build(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[..., Path]:
    def write(*files: bytes, **more: Any) -> Path:
        path = tmp_path / "made" / "prompts.bundle"
        attachments = {digest(data): data for data in files}
        prompt = compiled(*files, **more)
        write_bundle([prompt], str(path), commit="c", attachments=attachments, archive=request.param == "archive")
        return path

    return write


@pytest.mark.parametrize(
    ("data", "media"),
    [
        (PNG, "image/png"),
        (JPEG, "image/jpeg"),
        (b"GIF87a", "image/gif"),
        (b"GIF89a", "image/gif"),
        (WEBP, "image/webp"),
        (PDF, "application/pdf"),
        (TEXT, "text/plain"),
        ("\ufeffa\r\n\tb\f".encode(), "text/plain"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "text/plain"),
        (b"", ""),
        (b"\xff\xfe", ""),
        (b"a\0b", ""),
        (b"RIFF\0\0\0\0WAVE", ""),
        (b"PK\x03\x04", ""),
        (b"\x89PNG", ""),
        ("é".encode("latin-1"), ""),
        (b"BM6\0", ""),
        (b"II*\0", ""),
    ],
)
def test_bytes_say_what_a_file_is(data: bytes, media: str) -> None:
    assert media_type(data) == media


@given(st.binary(), st.sampled_from(["image/png", "text/plain", "application/pdf"]))
def test_a_reference_is_read_as_what_it_is_and_nothing_else_is(data: bytes, media: str) -> None:
    made = reference(media, digest(data))
    assert referred(made) == (media, digest(data))
    assert referred(url(media, data)) is None
    for wrong in (made[:-1], made + " ", made.upper(), made.replace("sha256", "md5"), made.replace(media, "a/b")):
        assert referred(wrong) is None


@given(st.lists(st.one_of(st.binary(max_size=40), st.text(max_size=40)), max_size=5))
def test_filling_puts_in_the_data_and_leaves_the_rest(content: list[bytes | str]) -> None:
    known = {digest(each): each for each in content if isinstance(each, bytes)}

    def parts(shown: Callable[[bytes], str]) -> list[dict[str, Any]]:
        return [
            {"type": "text", "text": each}
            if isinstance(each, str)
            else {"type": "image_url", "image_url": {"url": shown(each), "detail": "low"}}
            for each in content
        ]

    messages: list[dict[str, Any]] = [
        {"role": "system", "content": "{sha256:x}"},
        {"role": "user", "content": parts(lambda data: reference("image/png", digest(data)))},
    ]
    before = json.dumps(messages)
    done = filled(messages, lambda found: b64encode(known[found]).decode())
    assert done == [messages[0], {"role": "user", "content": parts(lambda data: url("image/png", data))}]
    assert json.dumps(messages) == before
    assert [found for _, found in references(messages)] == [digest(each) for each in content if isinstance(each, bytes)]


def test_each_api_gets_its_own_form(build: Callable[..., Path]) -> None:
    prompt = open_bundle(build(CARD_BYTES, TARIFF_BYTES))["health/letter"]
    (message,) = prompt.request()["messages"]
    assert message["content"][1:] == [
        {"type": "image_url", "image_url": {"url": url("image/png", CARD_BYTES)}},
        {"type": "file", "file": {"filename": "document.pdf", "file_data": url("application/pdf", TARIFF_BYTES)}},
    ]
    (item,) = prompt.request(api="responses")["input"]
    assert item["content"][1:] == [
        {"type": "input_image", "image_url": url("image/png", CARD_BYTES), "detail": "auto"},
        {"type": "input_file", "filename": "document.pdf", "file_data": url("application/pdf", TARIFF_BYTES)},
    ]
    (turn,) = prompt.request(api="messages")["messages"]
    sources = [block["source"] for block in turn["content"][1:]]
    assert sources == [
        {"type": "base64", "media_type": "image/png", "data": b64encode(CARD_BYTES).decode()},
        {"type": "base64", "media_type": "application/pdf", "data": b64encode(TARIFF_BYTES).decode()},
    ]


def test_a_text_is_sent_as_each_api_takes_it(build: Callable[..., Path]) -> None:
    prompt = open_bundle(build(TEXT))["health/letter"]
    (turn,) = prompt.request(api="messages")["messages"]
    assert turn["content"][1]["source"] == {"type": "text", "media_type": "text/plain", "data": "Fee: 3 €\n"}
    (item,) = prompt.request(api="responses")["input"]
    assert item["content"][1] == {
        "type": "input_file", "filename": "document.txt", "file_data": url("text/plain", TEXT)
    }  # fmt: skip
    with pytest.raises(PromptsteadError, match="takes no file of text"):
        prompt.request()


def test_what_an_application_gives() -> None:
    prompt = BundledPrompt("p", compiled(uses=("image", "file")))
    for value in (SCAN_BYTES, bytearray(SCAN_BYTES), memoryview(SCAN_BYTES), url("image/jpeg", SCAN_BYTES)):
        (message,) = prompt.messages(image=value, file=TARIFF_BYTES)
        assert message["content"][1]["image_url"]["url"] == url("image/jpeg", SCAN_BYTES)
        assert message["content"][2]["file"]["file_data"] == url("application/pdf", TARIFF_BYTES)
    (message,) = prompt.rendered({"image": SCAN_BYTES, "file": "file-abc"})
    assert message["content"][1]["image_url"]["url"] == reference("image/jpeg", digest(SCAN_BYTES))
    assert message["content"][2]["file"]["file_data"] == "file-abc"
    (message,) = prompt.messages(image="https://example.org/a.png", file="http://example.org/a.pdf")
    assert message["content"][1]["image_url"]["url"] == "https://example.org/a.png"


def test_the_largest_image_does_not_reach_the_limit_of_texts() -> None:
    largest = PNG + bytes(MOST["image"] - len(PNG))
    (message,) = BundledPrompt("p", compiled(uses=("image",))).messages(image=largest)
    assert len(message["content"][1]["image_url"]["url"]) > 6_900_000


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("image", "scan.png", "expected an address"),
        ("image", "ftp://example.org/a.png", "expected an address"),
        ("image", "file-abc", "expected an address"),
        ("image", 7, "expected an image"),
        ("image", None, "expected an image"),
        ("image", ["https://example.org/a.png"], "expected an image"),
        ("image", {"path": "a.png"}, "expected the bytes of the file, got its path"),
        ("image", {"path": "a.png", "type": "image/png", "sha256": "AB" * 32}, "got its path"),
        ("image", {"path": "a.png", "type": "application/pdf", "sha256": "ab" * 32}, "got its path"),
        ("image", b"", "its bytes are of no known type"),
        ("image", PDF, "its bytes are application/pdf"),
        ("file", PNG, "its bytes are image/png"),
        ("image", "data:image/png,AAAA", "expected an address"),
        ("image", "data:image/tiff;base64,AAAA", "expected an address"),
        ("image", "data:image/png;charset=x;base64,iVBORw0KGgo=", "expected an address"),
        ("image", "data:image/png;base64,iVBORw0KGgo", "its base64 text is damaged"),
        ("image", "data:image/png;base64,iVBORw0KGgo=\n", "its base64 text is damaged"),
        ("image", "data:image/png;base64,é", "its base64 text is damaged"),
        ("image", "data:image/jpeg;base64,iVBORw0KGgo=", "is called image/jpeg, and its bytes are image/png"),
        ("image", PNG + bytes(MOST["image"]), "at most 5,242,880 can be sent"),
        ("image", url("image/png", PNG + bytes(MOST["image"] + 3)), "more than 5,242,880 bytes"),
    ],
)
def test_what_no_attachment_is(name: str, value: Any, said: str) -> None:
    with pytest.raises(InputError) as caught:
        BundledPrompt("p", compiled(uses=TYPES)).request(**{name: value})
    assert said in str(caught.value)
    assert f"input `{name}`" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 400


def test_what_a_request_can_hold(tmp_path: Path) -> None:
    half = [PDF + bytes([number]) * (MOST_TOGETHER // 2) for number in (1, 2)]
    write_bundle([compiled(*half)], str(tmp_path / "b"), commit="c", attachments={digest(each): each for each in half})
    with pytest.raises(PromptsteadError, match="more than 20,971,520 bytes together"):
        open_bundle(tmp_path / "b")["health/letter"].request()


def test_nobody_is_given_a_file_of_another_prompt(build: Callable[..., Path]) -> None:
    bundle = open_bundle(build(CARD_BYTES, uses=("image",)))
    prompt = bundle["health/letter"]
    for found in (digest(TARIFF_BYTES), digest(b"nothing")):
        with pytest.raises(PromptsteadError, match="is not at hand"):
            prompt.request(image=reference("image/png", found))
    own = prompt.messages(image=reference("image/png", digest(CARD_BYTES)))[0]["content"]
    assert own[1] == own[2]


def test_other_text_with_an_attachment_is_refused() -> None:
    prompt = compiled(uses=("image",))
    prompt["messages"][0]["content"][1]["image"] = [["emit", ["get", "image"]], "?size=1"]
    with pytest.raises(PromptsteadError, match="other text stands with an attachment"):
        BundledPrompt("p", prompt).request(image=PNG)
    assert BundledPrompt("p", prompt).request(image="https://example.org/a.png")


def test_files_are_read_when_they_are_sent_and_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_bundle([compiled(CARD_BYTES)], str(tmp_path / "b"), commit="c", attachments={digest(CARD_BYTES): CARD_BYTES})
    bundle = open_bundle(tmp_path / "b")
    prompt = bundle["health/letter"]
    assert prompt.rendered({})
    file = tmp_path / "b" / "attachments" / f"{digest(CARD_BYTES)}.png"
    file.rename(tmp_path / "aside")
    with pytest.raises(BundleError, match="cannot be read"):
        prompt.request()
    (tmp_path / "aside").rename(file)
    asked = prompt.request()
    file.unlink()
    assert prompt.request() == asked


@pytest.mark.parametrize("change", ["other bytes", "cut", "link", "listed under another digest", "not listed"])
def test_a_file_that_is_not_the_one_that_was_built(tmp_path: Path, change: str) -> None:
    write_bundle([compiled(CARD_BYTES)], str(tmp_path / "b"), commit="c", attachments={digest(CARD_BYTES): CARD_BYTES})
    file = tmp_path / "b" / "attachments" / f"{digest(CARD_BYTES)}.png"
    manifest = tmp_path / "b" / "manifest.json"
    listed = json.loads(manifest.read_text())
    entry = listed["files"][f"attachments/{digest(CARD_BYTES)}"]
    if change == "other bytes":
        file.write_bytes(CARD_BYTES[:-1] + b"?")
    elif change == "cut":
        file.write_bytes(CARD_BYTES[:-1])
    elif change == "link":
        file.rename(tmp_path / "elsewhere")
        file.symlink_to(tmp_path / "elsewhere")
    elif change == "listed under another digest":
        file.write_bytes(PNG + b"another")
        entry |= {"sha256": digest(PNG + b"another"), "size": len(PNG) + 7}
    else:
        del listed["files"][f"attachments/{digest(CARD_BYTES)}"]
    manifest.write_text(json.dumps(listed))
    with pytest.raises(BundleError):
        open_bundle(tmp_path / "b")["health/letter"].request()


def test_a_bundle_is_not_written_without_what_its_prompts_attach(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for attachments in ({}, {digest(CARD_BYTES): PNG}):
        with pytest.raises(PromptsteadError, match="`0`, which `health/letter` attaches, is not the file"):
            write_bundle([compiled(CARD_BYTES)], str(tmp_path / "b"), commit="c", attachments=attachments)
    monkeypatch.setattr(release, "MAX_ATTACHED", len(CARD_BYTES))
    files = {digest(each): each for each in (CARD_BYTES, TARIFF_BYTES)}
    with pytest.raises(PromptsteadError, match="put the prompts into several bundles"):
        write_bundle([compiled(CARD_BYTES, TARIFF_BYTES)], str(tmp_path / "b"), commit="c", attachments=files)
    assert not (tmp_path / "b").exists()


def test_a_folder_takes_other_files_beside_those_of_former_releases(tmp_path: Path) -> None:
    for data in (CARD_BYTES, PNG + b"another"):
        write_bundle([compiled(data)], str(tmp_path / "b"), commit="c", attachments={digest(data): data})
        assert open_bundle(tmp_path / "b")["health/letter"].request()
    assert len(list((tmp_path / "b" / "attachments").iterdir())) == 2


def test_what_a_bundle_can_hold_a_request_can_send() -> None:
    assert max(MOST.values()) == bundle_files.MAX_ATTACHMENT <= MOST_TOGETHER
    assert MOST_TOGETHER * 4 / 3 < 32_000_000
    assert set(release.ENDINGS) == {media for types in TYPES.values() for media in types}


def test_a_document_is_worth_a_mark() -> None:
    prompt = BundledPrompt("p", compiled(TARIFF_BYTES, api="messages"), attached=lambda found: TARIFF_BYTES)
    (turn,) = prompt.request()["messages"]
    assert turn["content"][-1]["cache_control"] == {"type": "ephemeral"}
