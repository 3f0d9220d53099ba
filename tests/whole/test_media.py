"""Files from outside are opened in a process of their own: what ends it costs one thumbnail."""

import errno
import io
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from app import class_lists, media
from app.intake import TakeInError
from app.media import child, frames
from app.media.helper import Helper, MediaError
from app.media.whole import MOST_POINTS, whole_picture
from app.workspace import Workspace
from tests.inside import inside

SOUND = Path(child.__file__)


@pytest.fixture
def pupil(desk: Workspace) -> str:
    return desk.pupil_work.add_pupil(desk.pupil_work.add_class("6-A"), "Zeynep Kara")


def pdf(width: float = 200, height: float = 300) -> bytes:
    """A page with a line of text, smallest possible."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 {width} {height}]/Resources<<>>>>".encode(),
    ]
    out, places = b"%PDF-1.4\n", []
    for number, one in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj%s endobj\n" % (number, one)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return (
        out
        + b"xref\n0 4\n0000000000 65535 f \n"
        + table
        + b"trailer<</Size 4/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % len(out)
    )


def picture(size: tuple[int, int] = (300, 200)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, "JPEG")
    return out.getvalue()


def size_of(png: bytes | None) -> tuple[int, int]:
    assert png is not None
    with Image.open(io.BytesIO(png)) as made:
        return made.size


@pytest.fixture
def helper_of(tmp_path: Path) -> Iterator[object]:
    made: list[Helper] = []

    def make(program: str, patience: float = 60.0) -> Helper:
        (tmp_path / "child.py").write_text(program, "utf-8")
        made.append(Helper(tmp_path / "child.py", patience))
        return made[-1]

    yield make
    for one in made:
        one.stop()


def test_pictures_and_documents_get_their_small_picture() -> None:
    assert size_of(media.look("a.jpg", "image", picture()).thumbnail) == (240, 160)
    assert size_of(media.look("a.pdf", "document", pdf()).thumbnail) == (120, 180)
    assert media.look("a.jpg", "image", picture()[:200]).complaint == "cut_short"
    assert media.look("a.txt", "document", b"words") == media.Look()


def test_documents_dropped_at_the_same_time_are_opened_one_after_the_other() -> None:
    found: list[bytes | None] = []
    threads = [
        threading.Thread(
            target=lambda: found.extend(media.look("a.pdf", "document", pdf()).thumbnail for _time in range(5))
        )
        for _thread in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 20 and all(found)


@pytest.mark.parametrize("width, height", [(600_000, 300), (300, 600_000), (14_400, 14_400)])
def test_a_page_of_absurd_size_is_drawn_small(width: int, height: int) -> None:
    small = media.look("wall.pdf", "document", pdf(width, height)).thumbnail
    assert small is None or max(size_of(small)) <= 240


@pytest.mark.parametrize(
    "program",
    [
        "import os; os.abort()",
        "import sys; sys.stdin.buffer.read(12); sys.exit(3)",
        "import sys; sys.stdout.buffer.write(b'x' * 12); sys.stdout.flush()",
        "import sys; sys.stdout.buffer.write(b'\\0\\0\\0\\2' + bytes(8) + b'[]'); sys.stdout.flush()",
    ],
)
def test_a_file_that_ends_the_helper_or_makes_it_talk_nonsense_is_told_and_the_next_one_is_opened(
    helper_of, program: str, tmp_path: Path
) -> None:
    helper = helper_of(program)
    for _time in range(2):
        with pytest.raises(MediaError):
            helper.ask({"do": "look", "kind": "image", "ending": "jpg"}, picture())
    helper._program = SOUND
    assert helper.ask({"do": "look", "kind": "image", "ending": "jpg"}, picture())[0]["small"]


def test_a_file_that_never_comes_to_an_end_is_given_up(helper_of) -> None:
    helper = helper_of("import time; time.sleep(1000)", patience=0.5)
    with pytest.raises(MediaError):
        helper.ask({"do": "look", "kind": "image", "ending": "jpg"}, picture((10, 10)))
    helper._program, helper._patience = SOUND, 60.0
    assert helper.ask({"do": "look", "kind": "image", "ending": "jpg"}, picture())[0]["small"]


@pytest.mark.parametrize("busy", ["time.sleep(1000)", "re.match('(a|aa)+$', 'a' * 200 + 'b')"])
def test_a_helper_whose_window_was_killed_ends_by_itself(busy: str) -> None:
    """Also within a library that lets no other thread run."""
    root = str(SOUND.parents[2])
    program = (
        f"import re, sys, time; sys.path.insert(0, {root!r})\n"
        "from app.media import child\n"
        "child.MOST_SECONDS = 0.5\n"
        f"child.pictures.complaint = lambda data: {busy}\n"
        "child.main()\n"
    )
    if busy.startswith("re") and sys.platform == "win32":
        pytest.skip("Windows has no alarm that ends a process there")
    process = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdin and process.stdout
    frames.send(process.stdin, {"do": "look", "kind": "image", "ending": "jpg"}, b"")
    process.communicate()
    assert process.returncode != 0


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="the system holds no process to its memory there")
def test_the_helper_may_have_so_much_memory_and_no_more(helper_of) -> None:
    root = str(SOUND.parents[2])
    program = (
        f"import sys; sys.path.insert(0, {root!r})\n"
        "from app.media import child\n"
        "child.pictures.complaint = lambda data: bytearray(child.MOST_MEMORY)\n"
        "child.main()\n"
    )
    with pytest.raises(MediaError, match="MemoryError"):
        helper_of(program).ask({"do": "look", "kind": "image", "ending": "jpg"}, b"")


def test_a_work_whose_picture_cannot_be_made_is_taken_in_all_the_same(
    desk: Workspace, pupil: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, helper_of
) -> None:
    monkeypatch.setattr("app.media.helper._helper", helper_of("import os; os.abort()"))
    (tmp_path / "story.pdf").write_bytes(pdf())
    (tmp_path / "sea.jpg").write_bytes(picture())
    for name in ("story.pdf", "sea.jpg"):
        assert desk.pupil_work.take_in(pupil, tmp_path / name)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no such files")
def test_a_pipe_called_a_picture_is_refused_at_once(desk: Workspace, pupil: str, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "photo.jpg")
    with pytest.raises(Exception, match="unreadable"):
        desk.pupil_work.take_in(pupil, tmp_path / "photo.jpg")


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="names are Unicode there")
def test_a_name_that_is_not_unicode_stops_nothing(desk: Workspace, pupil: str, tmp_path: Path) -> None:
    odd = os.fsencode(tmp_path) + b"/\xfe\xff\xe7i\xe7ek.jpg"
    Path(os.fsdecode(odd)).write_bytes(picture())
    work = desk.pupil_work.take_in(pupil, Path(os.fsdecode(odd)))
    (kept,) = desk.pupil_work.works(desk.pupil_work.classes()[0][0])
    assert kept.id == work and kept.filename.endswith(".jpg")
    kept.filename.encode()


@pytest.mark.parametrize("number", [errno.EIO, errno.ENODEV, errno.ENOSPC, errno.ENOENT])
def test_a_stick_pulled_out_is_the_files_fault_and_the_next_file_is_taken_in(
    desk: Workspace, pupil: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def pulled_out(path: Path, _progress: object = None) -> Iterator[bytes]:
        yield b"Bir varm"
        raise OSError(number, os.strerror(number), str(path))

    (tmp_path / "story.txt").write_text("Bir varmış bir yokmuş", "utf-8")
    with monkeypatch.context() as pulled:
        pulled.setattr("app.intake.chunks_of", pulled_out)
        with pytest.raises(TakeInError, match="unreadable"):
            desk.pupil_work.take_in(pupil, tmp_path / "story.txt")
    assert desk.pupil_work.take_in(pupil, tmp_path / "story.txt")


def test_a_file_that_grows_while_it_is_read_is_too_large_at_last(
    desk: Workspace, pupil: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def growing(_path: Path, _progress: object = None) -> Iterator[bytes]:
        while True:
            yield bytes(10_000_000).replace(b"\0", b"a")

    (tmp_path / "story.txt").write_text("Bir varmış", "utf-8")
    monkeypatch.setattr("app.intake.chunks_of", growing)
    with pytest.raises(TakeInError, match="too_big"):
        desk.pupil_work.take_in(pupil, tmp_path / "story.txt")
    files = inside(desk).store.files
    assert not list(files.folder.glob("*.part"))


def test_the_pupil_after_the_last_short_pseudonym_gets_a_longer_one(monkeypatch: pytest.MonkeyPatch) -> None:
    taken = {f"{word} {n}" for word in class_lists._WORDS for n in range(1, 100)}
    word, _space, n = class_lists.free_pseudonyms(taken, 1)[0].rpartition(" ")
    assert word in class_lists._WORDS and int(n) >= 100
    assert class_lists.free_pseudonyms(taken - {"River 7"}, 1) == ["River 7"]


# -- full size -------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16"])
def test_every_kind_of_picture_is_shown_at_its_full_size(mode: str) -> None:
    out = io.BytesIO()
    Image.new(mode, (31, 17)).save(out, "JPEG" if mode == "CMYK" else "PNG")
    shown = whole_picture(out.getvalue())
    assert (shown.width, shown.height, len(shown.data)) == (31, 17, 31 * 17 * 4)


def test_a_photo_is_shown_as_the_camera_was_held_and_a_huge_one_smaller() -> None:
    out = io.BytesIO()
    turned = Image.Exif()
    turned[0x0112] = 6
    Image.new("RGB", (40, 20)).save(out, "JPEG", exif=turned)
    shown = whole_picture(out.getvalue())
    assert (shown.width, shown.height) == (20, 40)
    out = io.BytesIO()
    Image.new("L", (8_900, 8_900)).save(out, "PNG")
    shown = whole_picture(out.getvalue())
    assert MOST_POINTS * 0.99 < shown.width * shown.height <= MOST_POINTS


@pytest.mark.parametrize("data", [b"", b"\xff\xd8\xff", b"MZ" * 99])
def test_what_is_no_picture_is_named_and_the_helper_goes_on(data: bytes) -> None:
    with pytest.raises(media.MediaError):
        whole_picture(data)
    out = io.BytesIO()
    Image.new("RGB", (3, 3)).save(out, "PNG")
    assert whole_picture(out.getvalue()).width == 3
