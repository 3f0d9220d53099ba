"""Files made to hurt: each costs a sentence, never the window, the memory or the minute; and nothing leaves by them."""

import io
import random
import struct
import sys
import zipfile
import zlib

import pytest
from PIL import Image

from app import media
from app.media import pictures
from tests import media as made
from tests.media import MADE, NAME, SECRETS
from tests.whole.test_cleaning import everything_in

MOST = 100_000_000
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def docx_with(**parts: str | bytes) -> bytes:
    """A small text with more parts; ``__`` stands for a folder, ``_`` for a dot."""
    names = {name.replace("__", "/").replace("_", "."): body for name, body in parts.items()}
    return made.zipped({**document(), **names})


def document(text: str = "A mountain", before: str = "") -> dict[str, str | bytes]:
    return {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "word/document.xml": f"{before}<w:document {W}><w:body>{text}</w:body></w:document>",
    }


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name, body in document().items():
            target.writestr(name, body)
        with target.open("word/media/image1.bmp", "w", force_zip64=True) as part:
            for _piece in range(600):
                part.write(bytes(1_000_000))
    return out.getvalue()


def lying(data: bytes) -> bytes:
    """A zip whose biggest part says that it is small."""
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        one = max(parts.infolist(), key=lambda part: part.file_size)
    small = struct.pack("<I", 100)
    return data.replace(struct.pack("<I", one.file_size), small)


def nested(depth: int) -> bytes:
    data = made.zipped(document())
    for _level in range(depth):
        data = made.zipped({**document(), "word/embeddings/a.docx": data})
    return data


def pdf_of(*objects: bytes) -> bytes:
    out, places = b"%PDF-1.5\n", []
    for number, one in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj %s endobj\n" % (number, one)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    return out + head + table + b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, len(out))


def stream(packed: bytes, more: bytes = b"") -> bytes:
    return b"<</Length %d/Filter/FlateDecode%s>>stream\n%s\nendstream" % (len(packed), more, packed)


def inflating(size: int) -> bytes:
    packer = zlib.compressobj(9)
    return b"".join(packer.compress(bytes(1_000_000)) for _piece in range(size // 1_000_000)) + packer.flush()


CATALOG, PAGES = b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>"


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(width: int, height: int, pixels: bytes, *more: bytes) -> bytes:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(more) + chunk(b"IDAT", zlib.compress(pixels)) + chunk(b"IEND", b"")


def looped_tiff() -> bytes:
    """A directory of pictures that leads to itself."""
    out = io.BytesIO()
    Image.new("L", (4, 4)).save(out, "TIFF")
    data = bytearray(out.getvalue())
    (at,) = struct.unpack_from("<I", data, 4)
    (count,) = struct.unpack_from("<H", data, at)
    struct.pack_into("<I", data, at + 2 + 12 * count, at)
    return bytes(data)


def huge_gif() -> bytes:
    return (
        b"GIF89a"
        + struct.pack("<HHBBB", 65_535, 65_535, 0x80, 0, 0)
        + bytes(6)
        + b"\x2c"
        + struct.pack("<HHHHB", 0, 0, 65_535, 65_535, 0)
        + b"\x02\x02\x44\x01\x00\x3b"
    )


HOSTILE = {  # name, file, whether a copy may leave all the same (None: either)
    "zip bomb": ("a.docx", bomb, False),
    "a zip that lies about its sizes": ("a.docx", lambda: lying(docx_with(word__media__image1_png=png(9, 9, bytes(90)))), None),
    "a billion laughs": ("a.docx", lambda: made.zipped(document("&c;", '<!DOCTYPE w [<!ENTITY a "ha"><!ENTITY b "&a;&a;"><!ENTITY c "&b;&b;">]>')), False),
    "a file of the computer asked for": ("a.docx", lambda: made.zipped(document("&a;", '<!DOCTYPE w [<!ENTITY a SYSTEM "file:///etc/passwd">]>')), False),
    "XML a hundred thousand deep": ("a.docx", lambda: made.zipped(document("<w:p>" * 100_000 + "</w:p>" * 100_000)), False),
    "documents in documents": ("a.docx", lambda: nested(8), False),
    "another program's object inside": ("a.docx", lambda: docx_with(word__embeddings__oleObject1_bin=b"\xd0\xcf\x11\xe0" + NAME.encode()), False),
    "something unknown inside": ("a.odt", lambda: made.zipped({"mimetype": "application/vnd.oasis.opendocument.text", "x.xyz": NAME}), False),
    "names that climb out of the folder": ("a.docx", lambda: made.zipped({**document(), "../../x.xml": "<a/>"}), None),
    "thousands of parts": ("a.docx", lambda: made.zipped({**document(), **{f"word/{n}.xml": "<a/>" for n in range(6_000)}}), False),
    "PDF that inflates to gigabytes": ("a.pdf", lambda: pdf_of(CATALOG, PAGES, b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>", stream(inflating(2_000_000_000))), None),
    "PDF whose objects inflate to gigabytes": ("a.pdf", lambda: pdf_of(CATALOG, PAGES, b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>", stream(inflating(2_000_000_000), b"/Type/ObjStm/N 1/First 4")), None),
    "PDF whose pages go in a circle": ("a.pdf", lambda: pdf_of(CATALOG, b"<</Type/Pages/Kids[2 0 R]/Count 9999999>>"), False),
    "PDF nested very deep": ("a.pdf", lambda: pdf_of(CATALOG, PAGES, b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/X " + b"[" * 100_000 + b"]" * 100_000 + b">>"), None),
    "179 megapixels": ("a.png", lambda: png(13_400, 13_400, bytes(13_401 * 13_400)), None),
    "words that inflate": ("a.png", lambda: png(2, 2, bytes(6), chunk(b"zTXt", b"Comment\0\0" + inflating(500_000_000))), None),
    "a profile that inflates": ("a.png", lambda: png(2, 2, bytes(6), chunk(b"iCCP", b"x\0\0" + inflating(500_000_000))), None),
    "GIF of four thousand megapixels": ("a.gif", huge_gif, None),
    "TIFF that leads to itself": ("a.tif", looped_tiff, None),
    "HEIC of nothing": ("a.heic", lambda: b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(500), False),
    "MP4 of absurd sizes": ("a.mp4", lambda: b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom\xff\xff\xff\xffmoov" + b"\xff" * 300, False),
    "WAV that says it is endless": ("a.wav", lambda: b"RIFF\xff\xff\xff\xffWAVEfmt \x10\0\0\0\1\0\1\0\x40\x1f\0\0\x80\x3e\0\0\2\0\x10\0data\xff\xff\xff\xff" + bytes(100), None),
    "sound of zeros": ("a.mp3", lambda: bytes(5_000_000), False),
    "a web page called a film": ("a.webm", lambda: b"<html><script src='https://example.org/x.js'></script>", False),
}  # fmt: skip


@pytest.mark.parametrize("what", HOSTILE)
def test_it_costs_a_sentence_and_no_more(what: str) -> None:
    name, make, may = HOSTILE[what]
    data = make()
    kind = "image" if name.endswith(("png", "gif", "tif", "heic")) else "document"
    media.look(name, kind, data)
    leaving = media.leaving(name, data, MOST)
    assert (leaving.why_not is None) == may or may is None
    assert not any(secret in everything_in(leaving.data) for secret in SECRETS)
    assert media.leaving("a.txt", b"next", MOST).data == b"next"


@pytest.mark.parametrize("ending", [one for one in MADE if one not in ("txt", "md", "bmp")])
def test_a_damaged_file_leaves_clean_or_not_at_all(ending: str) -> None:
    """Bytes changed, cut or put in anywhere: either nothing leaves, or nothing of what was written does."""
    chance, data = random.Random(ending), MADE[ending]()
    for _time in range(25):
        harmed = bytearray(data)
        for _change in range(chance.randint(1, 4)):
            at = chance.randrange(len(harmed))
            deed = chance.random()
            if deed < 0.5:
                harmed[at] = chance.randrange(256)
            elif deed < 0.8:
                harmed[at:at] = chance.randbytes(chance.randint(1, 9))
            else:
                del harmed[at : at + chance.randint(1, 40)]
        leaving = media.leaving(f"a.{ending}", bytes(harmed), MOST)
        assert (leaving.why_not is None) == bool(leaving.data)
        left = everything_in(leaving.data) if leaving.data else b""
        assert not any(secret in left for secret in SECRETS), ending


def test_words_in_other_alphabets_of_xml_are_cleaned_too() -> None:
    note = f'<?xml version="1.0" encoding="UTF-16"?><w:comments {W}><w:comment w:id="1" w:author="{NAME}"><w:p/></w:comment></w:comments>'
    leaving = media.leaving("a.docx", docx_with(word__comments_xml=note.encode("utf-16")), MOST)
    with zipfile.ZipFile(io.BytesIO(leaving.data)) as parts:
        assert b"w:author" in parts.read("word/comments.xml") and NAME.encode() not in parts.read("word/comments.xml")


def test_remarks_between_the_lines_of_xml_go() -> None:
    leaving = media.leaving("a.docx", made.zipped(document(f"<!-- {NAME} --><?who {NAME}?>A mountain")), MOST)
    assert leaving.why_not is None and NAME.encode() not in everything_in(leaving.data)
    assert b"A mountain" in everything_in(leaving.data)


def test_what_an_older_state_of_a_pdf_held_goes() -> None:
    import pikepdf

    out = io.BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page()
        document.Root.Secret = document.make_stream(NAME.encode())
        document.save(out, stream_decode_level=pikepdf.StreamDecodeLevel.none, compress_streams=False)
    old = out.getvalue()
    assert NAME.encode() in old
    newer = old + b"\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\ntrailer<</Root 1 0 R/Size 9>>\n"
    leaving = media.leaving("a.pdf", newer, MOST)
    assert leaving.why_not is None and NAME.encode() not in leaving.data


def test_a_locked_text_of_libreoffice_says_so() -> None:
    manifest = '<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><m:file-entry m:full-path="content.xml"><m:encryption-data/></m:file-entry></m:manifest>'
    data = made.zipped(
        {
            "mimetype": "application/vnd.oasis.opendocument.text",
            "content.xml": b"\x8f\x01",
            "META-INF/manifest.xml": manifest,
        }
    )
    assert media.leaving("a.odt", data, MOST).why_not == "locked"


def test_a_part_that_is_there_twice_does_not_leave(recwarn: pytest.WarningsRecorder) -> None:
    out = io.BytesIO(made.zipped(document()))
    with zipfile.ZipFile(out, "a") as target:
        target.writestr("word/document.xml", f"<a>{NAME}</a>")
    assert media.leaving("a.docx", out.getvalue(), MOST).why_not == "damaged"
    assert len(recwarn) <= 1


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="the system holds no process to its memory there")
def test_the_largest_picture_that_is_taken_in_can_leave() -> None:
    side = int(pictures.MAX_PIXELS**0.5)
    out = io.BytesIO()
    Image.new("RGB", (side, side), "teal").save(out, "JPEG", exif=made.exif(6))
    assert media.look("a.jpg", "image", out.getvalue()).complaint is None
    assert media.leaving("a.jpg", out.getvalue(), MOST).why_not is None
