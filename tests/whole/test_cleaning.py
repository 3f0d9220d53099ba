"""What leaves of each file that is taken in: nothing that people and devices wrote into it; the rest is as it was."""

import io
import json
import zipfile

import pytest
from PIL import Image

from app import media
from app.media import cleaning, found
from app.media.found import CannotLeaveError
from app.rules import formats, pupil_work
from tests import media as made
from tests.media import MADE, SECRETS
from ui import leaving_words

MOST = 10_000_000
PLAIN = {"txt", "md", "bmp", "aac", "amr"}  # nothing can be written into these beside what is seen and heard
ENDINGS = pupil_work.endings_taken()


def everything_in(data: bytes) -> bytes:
    """A file's bytes, those of the parts of a zip and of a PDF's streams too, and without the zeros of UTF-16."""
    inside = b""
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            inside = b"".join(parts.read(name) for name in parts.namelist())
    if data.startswith(b"%PDF"):
        import pikepdf

        with pikepdf.open(io.BytesIO(data)) as document:
            inside = b"".join(one.unparse() for one in document.objects if not isinstance(one, pikepdf.Stream))
            profiles = [one for one in document.objects if isinstance(one, pikepdf.Stream) and "/N" in one]
            inside += b"".join(one.read_bytes() for one in profiles if "/Type" not in one)
    whole = data + inside
    return whole + whole.replace(b"\0", b"")


def test_every_ending_that_is_taken_in_has_a_file_here() -> None:
    assert set(ENDINGS) == set(MADE)


@pytest.mark.parametrize("ending", ENDINGS)
def test_nothing_that_was_written_into_it_leaves(ending: str) -> None:
    data = MADE[ending]()
    assert pupil_work.refusal(f"a.{ending}", len(data), data[: formats.HEAD]) is None
    assert any(secret in everything_in(data) for secret in SECRETS) or ending in PLAIN
    leaving = media.leaving(f"a.{ending}", data, MOST)
    assert leaving.why_not is None
    assert bool(leaving.found) == (ending not in PLAIN)
    assert pupil_work.kind_of(f"a.{leaving.ending}"), "the platform takes it"
    assert [secret for secret in SECRETS if secret in everything_in(leaving.data)] == []
    again = media.leaving(f"a.{leaving.ending}", leaving.data, MOST)
    assert (again.found, again.why_not) == ({}, None)
    sentence = leaving_words.leaves(leaving)
    assert leaving.ending.upper().replace("JPG", "JPEG") in sentence


@pytest.mark.parametrize("ending", [e for e in ENDINGS if pupil_work.kind_taken(f"a.{e}") == "image"])
def test_a_picture_that_leaves_shows_the_same(ending: str) -> None:
    data = MADE[ending]()
    leaving = media.leaving(f"a.{ending}", data, MOST)
    with Image.open(io.BytesIO(leaving.data)) as left:
        left.load()
        turned = ending == "jpeg"  # the camera was held on its side
        assert left.size == ((40, 64) if turned else (64, 40))
        red, green, _blue = left.convert("RGB").getpixel((left.width - 4, 4) if turned else (4, 4))
        assert red > 180 > 120 > green
        assert getattr(left, "n_frames", 1) == (2 if ending == "gif" else 1)
        if ending in ("jpg", "png", "gif"):  # not a pixel is lost
            with Image.open(io.BytesIO(data)) as before:
                assert before.tobytes() == left.tobytes()


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_the_colours_of_a_profile_stay_without_its_name(form: str) -> None:
    from PIL import ImageCms

    ending = {"JPEG": "jpg"}.get(form, form.lower())
    with Image.open(io.BytesIO(media.leaving(f"a.{ending}", made.picture(form), MOST).data)) as left:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(left.info["icc_profile"]))
        assert ImageCms.getProfileDescription(profile).strip() in ("ic", "icc")
        before = ImageCms.ImageCmsProfile(io.BytesIO(made.profile()))
        assert profile.profile.red_primary == before.profile.red_primary


def test_see_through_pictures_become_png_and_moving_ones_gif() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (40, 30), (200, 0, 0, 90)).save(out, "WEBP")
    assert media.leaving("a.webp", out.getvalue(), MOST).ending == "png"
    out = io.BytesIO()
    frames = [Image.new("RGB", (40, 30), colour) for colour in ("red", "blue", "green")]
    frames[0].save(out, "WEBP", save_all=True, append_images=frames[1:], duration=80)
    leaving = media.leaving("a.webp", out.getvalue(), MOST)
    with Image.open(io.BytesIO(leaving.data)) as left:
        assert (leaving.ending, left.n_frames) == ("gif", 3)


def test_a_scan_of_several_pages_stays_with_the_way_out() -> None:
    out = io.BytesIO()
    pages = [Image.new("L", (40, 30), shade) for shade in (0, 100)]
    pages[0].save(out, "TIFF", save_all=True, append_images=pages[1:])
    assert media.leaving("a.tif", out.getvalue(), MOST).why_not == "several_pages"


def test_words_and_links_of_documents_stay() -> None:
    with zipfile.ZipFile(io.BytesIO(media.leaving("a.docx", made.docx(), MOST).data)) as left:
        assert b"A mountain" in left.read("word/document.xml") and b"w:ins" in left.read("word/document.xml")
        links = left.read("word/_rels/document.xml.rels")
        assert b"https://example.org" in links and b"vbaProject" not in links and b"people" not in links
        names = set(left.namelist())
        assert not {"word/people.xml", "word/vbaProject.bin", "docProps/thumbnail.jpeg"} & names
        types = left.read("[Content_Types].xml")
        assert b"people.xml" not in types and b"word/comments.xml" in types
    with zipfile.ZipFile(io.BytesIO(media.leaving("a.odt", made.opendocument("text"), MOST).data)) as left:
        content = left.read("content.xml")
        assert left.infolist()[0].filename == "mimetype" and left.infolist()[0].compress_type == zipfile.ZIP_STORED
        assert b"A mountain" in content and b"Well done" in content
    import pikepdf

    with pikepdf.open(io.BytesIO(media.leaving("a.pdf", made.pdf(), MOST).data)) as document:
        kinds = [str(one.Subtype) for one in document.pages[0].Annots]
        assert kinds == ["/Text", "/Link"] and str(document.pages[0].Annots[0].Contents) == "Well done"
        assert str(document.pages[0].Annots[1].A.URI) == "https://example.org"


def test_a_film_keeps_which_way_it_was_held() -> None:
    import av

    data = made.recording("mp4")
    at = data.index(b"tkhd") + 44
    quarter = bytes.fromhex(
        "00000000000100000000 0000ffff0000 00000000 0000000000000000 00000000 40000000".replace(" ", "")
    )
    data = data[:at] + quarter + data[at + 36 :]
    with av.open(io.BytesIO(media.leaving("a.mp4", data, MOST).data)) as left:
        frames = list(left.decode(video=0))
        assert len(frames) == 5 and abs(frames[0].rotation) == 90


@pytest.mark.parametrize("codec", ["libx264", "libx265"])
@pytest.mark.parametrize("form", ["mp4", "mov"])
def test_a_telephones_film_plays_whole_without_the_words_between_its_pictures(codec: str, form: str) -> None:
    import av

    data = made.film(codec, form)
    leaving = media.leaving(f"a.{form}", data, MOST)
    signs = [sign for sign in (b"x264 - core", b"x265 (build") if sign in data]
    assert len(signs) == 1 and not any(sign in leaving.data for sign in signs)
    with av.open(io.BytesIO(leaving.data)) as left, av.open(io.BytesIO(data)) as before:
        frames = [[(frame.pts, bytes(frame.planes[0])) for frame in one.decode(video=0)] for one in (left, before)]
        assert frames[0] == frames[1] and len(frames[0]) == 30


@pytest.mark.parametrize("text", ["#EXTM3U\n#EXTINF:1,\n{}\n", "ffconcat version 1.0\nfile '{}'\n"])
def test_a_list_of_other_files_is_no_film(text: str, tmp_path) -> None:
    (tmp_path / "secret.mp4").write_bytes(made.recording("mp4"))
    leaving = media.leaving("a.mp4", text.format(tmp_path / "secret.mp4").encode(), MOST)
    assert leaving.why_not == "damaged" and not leaving.data


@pytest.mark.parametrize("kind", found.ALL)
def test_each_kind_of_what_is_written_has_words(kind: str) -> None:
    sentence = leaving_words.leaves(media.Leaving({kind: ("x",)}, "jpg", b"x"))
    assert leaving_words.WITHOUT[kind] in sentence


def test_each_reason_to_stay_has_a_sentence() -> None:
    import ast
    from pathlib import Path

    codes = {
        node.args[0].value
        for path in Path(media.__file__).parent.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "CannotLeaveError"
        if isinstance(node.args[0], ast.Constant)
    }
    assert codes and codes <= set(leaving_words.CANNOT_LEAVE)


def test_what_a_photo_says_is_one_line() -> None:
    found_in_it = {"place": ("GPS",), "camera": ("Make",), "date": ("DateTime",), "other": ("Exif",)}
    assert (
        leaving_words.leaves(media.Leaving(found_in_it, "jpg", b"x"))
        == "Leaves as JPEG, without the place, the camera and the date."
    )
    assert "nothing" in leaving_words.leaves(media.Leaving({}, "txt", b"x"))
    assert json.dumps(found_in_it)


def test_what_would_stay_in_a_copy_keeps_it_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cleaning, "_copy", lambda _name, data, _most: ("jpg", data))
    with pytest.raises(CannotLeaveError, match="left_over"):
        cleaning.without_metadata("a.jpg", made.picture("JPEG"))


@pytest.mark.parametrize("ending", [one for one in MADE if one not in ("txt", "md")])
def test_a_photo_that_is_called_a_text_is_not_taken_in_and_does_not_leave(ending: str) -> None:
    data = MADE[ending]()
    refusal = pupil_work.refusal("a.txt", len(data), data[: formats.HEAD])
    assert refusal is not None and refusal.code == "mismatch"
    assert media.leaving("a.md", data, MOST).why_not == "damaged"


@pytest.mark.parametrize("text", ["BMW ve trafik", "The free sea", "ID3 nedir?", "II* MM*", "Öykü", "😀"])
@pytest.mark.parametrize("coding", ["utf-8", "utf-16"])
def test_a_text_is_a_text_whatever_it_begins_with(text: str, coding: str) -> None:
    data = text.encode(coding)
    assert pupil_work.refusal("a.txt", len(data), data[: formats.HEAD]) is None
    assert media.leaving("a.txt", data, MOST).data == data
