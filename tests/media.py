"""Files as people and devices make them, with what they write into them: made here, so nobody's work is among them."""

import io
import zipfile
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from PIL import Image, ImageCms

SECRETS = (
    b"Zeynep Kara",
    b"Okul Kamerasi",
    b"+39.9334+032.8597",
    b"C:\\Users\\Zeynep",
    b"\\Users\\Zeynep",
    b"20261189",
)
NAME, CAMERA, PLACE, PATH = "Zeynep Kara", "Okul Kamerasi", "+39.9334+032.8597/", "C:\\Users\\Zeynep\\kar.jpg"


def exif(orientation: int = 1) -> Image.Exif:
    """What a phone writes: camera, owner, date and place."""
    made = Image.Exif()
    made[0x010F], made[0x0110], made[0x0131], made[0x013B], made[0x8298] = CAMERA, CAMERA, "Prog", NAME, NAME
    made[0x0112], made[0x0132] = orientation, "2026:01:02 03:04:05"
    made.get_ifd(0x8769)[0x9003], made.get_ifd(0x8769)[0xA431] = "2026:01:02 03:04:05", "SERIAL 7"
    made.get_ifd(0x8825).update({1: "N", 2: (39.0, 56.0, 0.0), 3: "E", 4: (32.0, 51.0, 0.0)})
    return made


def profile() -> bytes:
    """A colour profile that says whose screen it is of."""
    plain = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return plain.replace(b"s\0R\0G\0B", b"Z\0e\0y\0n")


XMP = f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><dc:creator>{NAME}</dc:creator></x:xmpmeta>'.encode()


def picture(form: str, orientation: int = 1, size: tuple[int, int] = (64, 40), **more: Any) -> bytes:
    """A picture with a coloured corner, so that it is seen which way it stands."""
    image = Image.effect_noise(size, 40).convert("RGB")
    image.paste("red", (0, 0, size[0] // 4, size[1] // 4))
    out = io.BytesIO()
    kept: dict[str, Any] = {} if form in ("BMP", "GIF") else {"exif": exif(orientation), "icc_profile": profile()}
    if form == "JPEG":
        kept |= {"comment": NAME.encode(), "xmp": XMP, "quality": 95}
    if form == "GIF":
        kept = {"comment": NAME.encode(), "save_all": True, "append_images": [image.rotate(180)], "duration": 90}
    if form in ("WEBP", "AVIF", "HEIF"):
        kept["xmp"] = XMP
    if form == "PNG":
        from PIL.PngImagePlugin import PngInfo

        words = PngInfo()
        words.add_text("Author", NAME)
        words.add_itxt("XML:com.adobe.xmp", XMP.decode())
        words.add_text("Comment", NAME, zip=True)
        kept["pnginfo"] = words
    if form == "HEIF":
        import pillow_heif

        pillow_heif.register_heif_opener()
    image.save(out, form, **(kept | more))
    return out.getvalue() + (NAME.encode() if form in ("JPEG", "PNG", "GIF") else b"")


def pdf() -> bytes:
    """A document with everything that programs write beside the pages."""
    import pikepdf
    from pikepdf import Array, Dictionary, Name

    out = io.BytesIO()
    Image.open(io.BytesIO(picture("JPEG"))).save(out, "PDF", author=NAME, title=NAME)
    with pikepdf.open(out) as document:
        with document.open_metadata() as about:
            about["dc:creator"] = [NAME]
        document.attachments["list.txt"] = NAME.encode()
        document.Root.OpenAction = Dictionary(S=Name.JavaScript, JS=f"app.alert('{NAME}')")
        document.Root.PieceInfo = Dictionary(A=Dictionary(LastModified=NAME, Private=NAME))
        page = document.pages[0]
        page.obj["/PTEX.FileName"] = pikepdf.String(PATH)
        screen = document.make_stream(profile(), N=3, Alternate=Name.DeviceRGB)
        page.obj.Resources.ColorSpace = Dictionary(Own=Array([Name.ICCBased, document.make_indirect(screen)]))
        page.Thumb = document.make_stream(NAME.encode())
        page.AA = Dictionary(O=Dictionary(S=Name.Launch, F=PATH))
        page.obj.Resources.XObject["/image"].write(picture("JPEG"), filter=Name.DCTDecode)
        note = Dictionary(
            Type=Name.Annot, Subtype=Name.Text, Rect=[0, 0, 9, 9], T=NAME, M="D:2026", Contents="Well done"
        )
        link = Dictionary(
            Type=Name.Annot, Subtype=Name.Link, Rect=[0, 0, 9, 9], A=Dictionary(S=Name.URI, URI="https://example.org")
        )
        hidden = Dictionary(Type=Name.Annot, Subtype=Name.FileAttachment, Rect=[0, 0, 9, 9], Contents=NAME)
        page.Annots = Array([document.make_indirect(one) for one in (note, link, hidden)])
        made = io.BytesIO()
        document.save(made)
    return made.getvalue()


_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
_P = 'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
_S = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_CORE = (
    '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
    f'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:creator>{NAME}</dc:creator><cp:lastModifiedBy>{NAME}</cp:lastModifiedBy>'
    "</cp:coreProperties>"
)
_APP = (
    '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties">'
    f"<Company>{NAME}</Company><Manager>{NAME}</Manager></Properties>"
)
_RELS = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def _rel(number: int, kind: str, target: str, more: str = "") -> str:
    return f'<Relationship Id="r{number}" Type="{_OFFICE}/{kind}" Target="{target}" {more}/>'


def _office(main: str, kind: str, parts: dict[str, str | bytes], links: str = "") -> bytes:
    folder = main.partition("/")[0]
    everything: dict[str, str | bytes] = {
        "_rels/.rels": _RELS.format(
            _rel(1, "officeDocument", main)
            + _rel(2, "metadata/thumbnail", "docProps/thumbnail.jpeg")
            + _rel(3, "custom-properties", "docProps/custom.xml")
        ),
        "docProps/core.xml": _CORE,
        "docProps/app.xml": _APP,
        "docProps/custom.xml": f"<Properties>{NAME}</Properties>",
        "docProps/thumbnail.jpeg": picture("JPEG"),
        f"{folder}/vbaProject.bin": NAME.encode(),
        f"{folder}/media/image1.jpeg": picture("JPEG"),
        f"{folder}/media/image2.png": picture("PNG"),
        "customXml/item1.xml": f"<a>{NAME}</a>",
        f"{folder}/_rels/{main.partition('/')[2]}.rels": _RELS.format(
            links
            + _rel(8, "image", "media/image1.jpeg")
            + _rel(9, "hyperlink", "file:///C:\\Users\\Zeynep\\a.docx", 'TargetMode="External"')
            + _rel(7, "vbaProject", "vbaProject.bin")
            + _rel(6, "hyperlink", "https://example.org", 'TargetMode="External"')
        ),
        **parts,
    }
    names = "".join(
        f'<Override PartName="/{name}" ContentType="application/xml"/>' for name in everything if name != main
    )
    types = (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/{main}" ContentType="application/vnd.openxmlformats-officedocument.{kind}.main+xml"/>{names}</Types>'
    )
    return zipped({"[Content_Types].xml": types, **everything})


def zipped(parts: dict[str, str | bytes]) -> bytes:
    """A zip, dated and remarked upon as programs do."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        target.comment = NAME.encode()
        for name, body in parts.items():
            target.writestr(name, body)
    return out.getvalue()


def docx() -> bytes:
    """A text with a comment, a tracked change, a picture and a macro."""
    body = (
        f'<w:document {_W}><w:body><w:p><w:del w:id="2" w:author="20261189"/><w:ins w:id="1" w:author="{NAME}" w:date="2026-01-02T03:04:05Z"><w:r><w:t>A mountain</w:t></w:r></w:ins>'
        f'<w:r><w:drawing><pic:cNvPr xmlns:pic="x" id="1" name="{PATH}" descr="{PATH}"/></w:drawing></w:r></w:p>'
        f'<w:p><w:fldSimple w:instr=" AUTHOR "><w:r><w:t>{NAME}</w:t></w:r></w:fldSimple></w:p>'
        '<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> FILENAME \\p </w:instrText></w:r>'
        f'<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>{PATH}</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'
        "</w:body></w:document>"
    )
    note = f'<w:comments {_W}><w:comment w:id="1" w:author="{NAME}" w:initials="ZK" w:date="2026-01-02T03:04:05Z"><w:p/></w:comment></w:comments>'
    people = f'<w15:people xmlns:w15="x"><w15:person w15:author="{NAME}"><w15:presenceInfo w15:userId="{NAME}"/></w15:person></w15:people>'
    settings = f'<w:settings {_W}><w:attachedTemplate r:id="r9"/><w:docVars><w:docVar w:name="a" w:val="{NAME}"/></w:docVars></w:settings>'
    parts = {
        "word/document.xml": body,
        "word/comments.xml": note,
        "word/people.xml": people,
        "word/settings.xml": settings,
    }
    links = _rel(2, "comments", "comments.xml") + _rel(3, "people", "people.xml") + _rel(4, "settings", "settings.xml")
    return _office("word/document.xml", "wordprocessingml.document", parts, links)


def xlsx() -> bytes:
    """A table with a note of somebody's, and where it lay on the disk."""
    book = (
        f'<workbook {_S}><fileSharing userName="{NAME}"/><x15ac:absPath xmlns:x15ac="x" url="{PATH}"/>'
        '<sheets><sheet name="A" sheetId="1"/></sheets></workbook>'
    )
    notes = f"<comments {_S}><authors><author>{NAME}</author></authors><commentList/></comments>"
    person = f'<personList><person displayName="{NAME}" id="1" userId="{NAME}"/></personList>'
    pivot = f'<pivotCacheDefinition {_S} refreshedBy="{NAME}" refreshedDate="45000.5"/>'
    link = f'<connections {_S}><connection id="1" sourceFile="{PATH}"/></connections>'
    parts = {
        "xl/workbook.xml": book,
        "xl/worksheets/sheet1.xml": f"<worksheet {_S}><sheetData/></worksheet>",
        "xl/comments1.xml": notes,
        "xl/persons/person.xml": person,
        "xl/pivotCache/pivotCacheDefinition1.xml": pivot,
        "xl/connections.xml": link,
        "xl/drawings/vmlDrawing1.vml": "<xml xmlns:v='urn:schemas-microsoft-com:vml'><v:shape><div>a<br>b</div></v:shape></xml>",
        "xl/printerSettings/printerSettings1.bin": NAME.encode(),
    }
    return _office("xl/workbook.xml", "spreadsheetml.sheet", parts)


def pptx() -> bytes:
    """Slides that several people made."""
    parts = {
        "ppt/presentation.xml": f"<p:presentation {_P}/>",
        "ppt/slides/slide1.xml": f"<p:sld {_P}/>",
        "ppt/commentAuthors.xml": f'<p:cmAuthorLst {_P}><p:cmAuthor id="1" name="{NAME}" initials="ZK"/></p:cmAuthorLst>',
        "ppt/authors.xml": f'<p188:authorLst xmlns:p188="x"><p188:author id="{{1}}" name="{NAME}" userId="{NAME}" providerId="AD"/></p188:authorLst>',
        "ppt/comments/comment1.xml": f'<p:cmLst {_P}><p:cm authorId="1" dt="2026-01-02T03:04:05.000"/></p:cmLst>',
        "ppt/changesInfos/changesInfo1.xml": f'<a name="{NAME}"/>',
        "ppt/tags/tag1.xml": f'<p:tagLst {_P}><p:tag name="OWNER" val="{NAME}"/></p:tagLst>',
    }
    return _office("ppt/presentation.xml", "presentationml.presentation", parts)


def opendocument(kind: str) -> bytes:
    """A text, table or presentation of LibreOffice's."""
    space = (
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:meta="urn:oasis:names:tc:opendocument:xmlns:meta:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
        'xmlns:config="urn:oasis:names:tc:opendocument:xmlns:config:1.0" xmlns:xlink="http://www.w3.org/1999/xlink" '
        'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"'
    )
    content = (
        f"<office:document-content {space}><office:body><text:tracked-changes><office:change-info><dc:creator>{NAME}</dc:creator>"
        f"<dc:date>2026-01-02T03:04:05</dc:date></office:change-info></text:tracked-changes><text:p>A mountain<office:annotation>"
        f"<dc:creator>{NAME}</dc:creator><dc:date>2026-01-02</dc:date><meta:creator-initials>ZK</meta:creator-initials>"
        f"<text:p>Well done</text:p></office:annotation><text:author-name>{NAME}</text:author-name>"
        f'<draw:frame draw:name="{PATH}"><draw:image xlink:href="Pictures/1.jpg"/></draw:frame>'
        f'<text:a xlink:href="file:///C:/Users/Zeynep/a.odt">a</text:a></text:p></office:body></office:document-content>'
    )
    parts: dict[str, str | bytes] = {
        "mimetype": f"application/vnd.oasis.opendocument.{kind}",
        "content.xml": content,
        "meta.xml": f"<office:document-meta {space}><office:meta><dc:creator>{NAME}</dc:creator></office:meta></office:document-meta>",
        "settings.xml": f'<office:document-settings {space}><config:config-item config:name="PrinterName">{NAME}</config:config-item></office:document-settings>',
        "Thumbnails/thumbnail.png": picture("PNG"),
        "Pictures/1.jpg": picture("JPEG"),
        "Basic/Standard/Module1.xml": f"<a>{NAME}</a>",
        "META-INF/manifest.xml": f'<manifest:manifest {space}><manifest:file-entry manifest:full-path="/"/>'
        '<manifest:file-entry manifest:full-path="Thumbnails/thumbnail.png"/></manifest:manifest>',
    }
    return zipped(parts)


_TAGS = {
    "title": NAME,
    "artist": NAME,
    "comment": NAME,
    "location": PLACE,
    "creation_time": "2026-01-02T03:04:05.000000Z",
    "encoder": CAMERA,
}
_CODECS = {  # of each container: its form for FFmpeg, film, sound
    "mp4": ("mp4", "mpeg4", "aac"),
    "mov": ("mov", "mpeg4", "pcm_s16le"),
    "3gp": ("3gp", "mpeg4", "aac"),
    "m4v": ("ipod", "mpeg4", "aac"),
    "m4a": ("ipod", None, "aac"),
    "webm": ("webm", "libvpx", "libopus"),
    "ogg": ("ogg", None, "flac"),
    "opus": ("ogg", None, "libopus"),
    "mp3": ("mp3", None, "libmp3lame"),
    "wav": ("wav", None, "pcm_s16le"),
    "flac": ("flac", None, "flac"),
    "aac": ("adts", None, "aac"),
}


def recording(ending: str) -> bytes:
    """Half a second of film or sound, tagged by a phone."""
    import av

    form, film, sound = _CODECS[ending]
    out = io.BytesIO()
    with av.open(out, "w", format=form, options={"movflags": "use_metadata_tags"} if form == "mov" else {}) as target:
        target.metadata.update(_TAGS)
        pictures = target.add_stream(film, rate=10) if film else None
        voice = target.add_stream(sound, rate=48_000)
        voice.layout = "stereo"
        if pictures:
            _film(target, pictures)
        _sound(target, voice)
    return out.getvalue() + (
        b"APETAGEX" + NAME.encode() + b"TAG" + NAME.encode().ljust(125, b"\0") if ending == "mp3" else b""
    )


def film(codec: str, form: str) -> bytes:
    """A second of a film as telephones code it, pictures out of their order among them."""
    import av

    av.logging.set_level(None)
    out = io.BytesIO()
    quiet = {"x265-params": "log-level=none:repeat-headers=0"} if codec == "libx265" else {}
    with av.open(out, "w", format=form) as target:
        target.metadata.update(_TAGS)
        stream = target.add_stream(codec, rate=30, options=quiet)
        stream.codec_context.max_b_frames = 2
        _film(target, stream, 30)
    return out.getvalue()


def _film(target: Any, stream: Any, count: int = 5) -> None:
    import av

    stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
    stream.metadata["title"] = NAME
    for number in range(count):
        frame = av.VideoFrame(64, 48, "yuv420p")
        for plane in frame.planes:
            plane.update(bytes([number * 40 % 256]) * plane.buffer_size)
        frame.pts, frame.time_base = number, Fraction(1, 10)
        target.mux(stream.encode(frame))
    target.mux(stream.encode(None))


def _sound(target: Any, stream: Any) -> None:
    import av

    form = stream.format.name
    for number in range(24):
        frame = av.AudioFrame(form, "stereo", 960)
        frame.sample_rate, frame.pts, frame.time_base = 48_000, number * 960, Fraction(1, 48_000)
        for plane in frame.planes:
            plane.update(bytes(plane.buffer_size))
        target.mux(stream.encode(frame))
    target.mux(stream.encode(None))


MADE: dict[str, Callable[[], bytes]] = {  # every ending that is taken in
    "jpg": lambda: picture("JPEG"),
    "jpeg": lambda: picture("JPEG", 6),
    "jpe": lambda: picture("JPEG"),
    "jfif": lambda: picture("JPEG"),
    "png": lambda: picture("PNG"),
    "gif": lambda: picture("GIF"),
    "webp": lambda: picture("WEBP"),
    "avif": lambda: picture("AVIF"),
    "heic": lambda: picture("HEIF"),
    "heif": lambda: picture("HEIF"),
    "tif": lambda: picture("TIFF"),
    "tiff": lambda: picture("TIFF"),
    "bmp": lambda: picture("BMP"),
    "pdf": pdf,
    "docx": docx,
    "xlsx": xlsx,
    "pptx": pptx,
    "odt": lambda: opendocument("text"),
    "ods": lambda: opendocument("spreadsheet"),
    "odp": lambda: opendocument("presentation"),
    "txt": lambda: b"A mountain",
    "md": lambda: b"# A mountain",
    "3g2": lambda: recording("3gp"),
    "oga": lambda: recording("ogg"),
    "ogv": lambda: recording("ogg"),
    "amr": lambda: b"#!AMR\n" + b"\x3c" + bytes(31),
    **{ending: (lambda ending=ending: recording(ending)) for ending in _CODECS},
}
