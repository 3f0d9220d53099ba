"""``main.py file``: what intake says of a file, for technicians."""

import json
import os
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest

from tests import media as made
from tests.media import SECRETS

ROOT = Path(__file__).parents[2]
KEYS = ["file", "kind", "format", "taken", "refusal", "sentence", "metadata", "leaves", "leaves_as", "why_not"]


def asked(*words: object, **more: str) -> tuple[int, dict, str]:
    done = subprocess.run(
        [sys.executable, "main.py", "file", *map(str, words), "--json"],
        cwd=ROOT,
        env={**os.environ, "LC_ALL": "C.UTF-8", "LANGUAGE": "en", **more},
        capture_output=True,
        timeout=120,
    )
    assert b"Traceback" not in done.stderr, done.stderr
    said = json.loads(done.stdout)
    assert list(said) == KEYS
    return done.returncode, said, done.stderr.decode()


def test_a_photo_is_taken_and_its_copy_written(tmp_path: Path) -> None:
    photo, copy = tmp_path / "a.jpg", tmp_path / "out.jpg"
    photo.write_bytes(made.picture("JPEG"))
    code, said, _errors = asked(photo, "--clean", copy)
    assert (code, said["kind"], said["format"], said["leaves_as"]) == (0, "image", "jpg", "jpg")
    assert "place" in said["metadata"] and "Zeynep" not in json.dumps(said["metadata"])
    assert not any(secret in copy.read_bytes() for secret in SECRETS)
    assert asked(copy)[1]["metadata"] == {}


@pytest.mark.parametrize(
    ("name", "data", "form"),
    [
        ("photo.jpg", lambda: made.picture("HEIF"), "heic"),
        ("photo.heic", lambda: made.picture("JPEG"), "jpg"),
        ("photo.GİF", lambda: made.picture("GIF"), "gif"),
        ("photo.png", lambda: made.picture("WEBP"), "webp"),
        ("text.odt", made.docx, "docx"),
        ("song.mp3", lambda: made.recording("m4a"), "mp4"),
    ],
)
def test_a_file_is_what_it_is_whatever_it_is_called(tmp_path: Path, name: str, data, form: str) -> None:
    (tmp_path / name).write_bytes(data())
    code, said, _errors = asked(tmp_path / name)
    assert (code, said["format"], said["leaves"]) == (0, form, True)


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old_office"),
        ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old_office"),
        ("a.docm", b"PK\x03\x04", "macros"),
        ("a.avi", b"RIFF    AVI ", "as_mp4"),
        ("a.pages", b"PK\x03\x04", "as_pdf"),
        ("a.dng", b"II*\0", "as_jpeg"),
        ("a.wma", b"x", "as_mp3"),
        ("a.zip", b"PK\x03\x04", "packed"),
        ("a.exe", b"MZ", "type"),
        ("a.jpg", b"", "empty"),
        ("a.jpg", b"hello", "mismatch"),
        ("a.docx", b"PK\x03\x04 and no more", "damaged"),
        ("a.heic", made.picture("HEIF")[:1500], "cut_short"),
    ],
)
def test_what_is_refused_says_what_to_do(tmp_path: Path, name: str, data: bytes, code: str) -> None:
    (tmp_path / name).write_bytes(data)
    done, said, _errors = asked(tmp_path / name, "--clean", tmp_path / "out")
    assert (done, said["taken"], said["refusal"]) == (1, False, code)
    assert name in said["sentence"] and not (tmp_path / "out").exists()


def test_what_cannot_leave_says_why(tmp_path: Path) -> None:
    import pikepdf

    with pikepdf.new() as document:
        document.add_blank_page()
        document.save(tmp_path / "a.pdf", encryption=pikepdf.Encryption(owner="x", user="y"))
    code, said, _errors = asked(tmp_path / "a.pdf", "--clean", tmp_path / "out.pdf")
    assert (code, said["taken"], said["leaves"], said["why_not"]) == (3, True, False, "locked")
    assert "password" in said["sentence"] and not (tmp_path / "out.pdf").exists()


def test_what_is_there_is_not_replaced_and_a_full_disk_is_told(tmp_path: Path) -> None:
    photo, copy = tmp_path / "a.jpg", tmp_path / "out.jpg"
    photo.write_bytes(made.picture("JPEG"))
    copy.write_text("mine", "utf-8")
    code, said, errors = asked(photo, "--clean", copy)
    assert (code, said["taken"]) == (2, True) and "is there already" in errors and copy.read_text("utf-8") == "mine"
    assert asked(photo, "--clean", tmp_path)[0] == 2
    assert asked(photo, "--clean", tmp_path / "nowhere" / "out.jpg")[0] == 2
    if Path("/dev/full").exists():
        (tmp_path / "full.jpg").symlink_to("/dev/full")
        assert asked(photo, "--clean", tmp_path / "full.jpg")[0] == 2


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no such files")
def test_absurd_files_are_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jpg")
    (tmp_path / "folder.jpg").mkdir()
    (tmp_path / "loop.jpg").symlink_to(tmp_path / "loop.jpg")
    for name in ("pipe.jpg", "folder.jpg", "loop.jpg", "gone.jpg", "x" * 300 + ".jpg"):
        code, said, _errors = asked(tmp_path / name)
        assert (code, said["refusal"]) == (1, "unreadable"), name
    odd = os.fsencode(tmp_path) + b"/\xfe\xff.jpg"
    Path(os.fsdecode(odd)).write_bytes(made.picture("JPEG"))
    assert asked(os.fsdecode(odd))[0] == 0
    mac = tmp_path / unicodedata.normalize("NFD", "Ayşe Güneş.GİF")
    mac.write_bytes(made.picture("GIF"))
    assert asked(mac)[0] == 0


def test_the_sentence_is_in_the_language_of_the_computer(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"")
    english = asked(tmp_path / "a.jpg")[1]["sentence"]
    turkish = asked(tmp_path / "a.jpg", LC_ALL="tr_TR.UTF-8", LANGUAGE="tr")[1]["sentence"]
    assert english != turkish and "a.jpg" in turkish
