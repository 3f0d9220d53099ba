"""Files that would stop, fill or crash a program that trusts them; and one good one among them."""

import io
import os
import struct
import zipfile
import zlib
from pathlib import Path

from PIL import Image

GOOD = "ada-dağ.jpg"
ZEROS = b"\0" * 1_000_000


def write_bad_files(folder: Path) -> list[Path]:
    """Write them into a new folder; the good one is the last."""
    folder.mkdir()
    whole = io.BytesIO()
    Image.effect_noise((400, 300), 60).convert("RGB").save(whole, "JPEG", quality=85)
    for name, data in {
        "cut-short.jpg": whole.getvalue()[: len(whole.getvalue()) // 2],
        "as-wide-as-a-street.pdf": _wide_pdf(),
        "huge.png": _huge_png(20_000, 9_000),
        "bomb.docx": _zip_bomb(),
        "program.jpg": b"MZ" + os.urandom(2_000),
        "empty.pdf": b"",
        GOOD: whole.getvalue(),
    }.items():
        (folder / name).write_bytes(data)
    if hasattr(os, "mkfifo"):
        os.mkfifo(folder / "pipe.jpg")
    return sorted(folder.iterdir(), key=lambda path: path.name == GOOD)


def _wide_pdf() -> bytes:
    return (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 600000 600000]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
    )


def _huge_png(width: int, height: int) -> bytes:
    """180 megapixels of one colour in a few hundred kilobytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    packer = zlib.compressobj(9)
    row = b"\0" + b"\x7f" * width
    pixels = b"".join(packer.compress(row) for _row in range(height)) + packer.flush()
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def _zip_bomb() -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("[Content_Types].xml", "<Types/>")
        with packed.open("word/document.xml", "w", force_zip64=True) as target:
            for _part in range(600):
                target.write(ZEROS)
    return whole.getvalue()
