"""Sound and film: what is seen and heard is taken over, packet by packet, into a new file; nothing else is.

Tags, places, covers, subtitles (drones write their way into them) and data tracks stay behind. FFmpeg reads only the
form that a file was found to have, so that a list of other files or addresses cannot pass for a film.
"""

import io
from collections.abc import Iterator
from typing import Any

from app.media import boxes, units
from app.media.found import COVER, OTHER, PROGRAM, WORDS, CannotLeaveError, Found, kind_of_field, note

_READ = {
    "mp4": "mov",
    "webm": "matroska",
    "ogg": "ogg",
    "mp3": "mp3",
    "wav": "wav",
    "flac": "flac",
    "aac": "aac",
    "amr": "amr",
}
_WRITTEN = {"mp4": "mp4", "mov": "mov", "m4a": "ipod", "webm": "webm", "ogg": "ogg", "mp3": "mp3", "wav": "wav"}
_OPTIONS = {"mp3": {"id3v2_version": "0", "write_id3v1": "0"}}
_AS_AAC = ("mp4", "m4a")  # sound that these cannot hold, or not everywhere, becomes AAC
_TECHNICAL = {
    "major_brand", "minor_version", "compatible_brands", "language", "vendor_id", "duration", "alpha_mode", "rotate",
    "number_of_frames", "number_of_bytes", "bps", "_statistics_tags", "stereo_mode",
}  # fmt: skip
_HANDLERS = {"VideoHandler", "SoundHandler", ""}
_BOXED = ("mp4", "mov", "m4a")
_LEAST_TOLD = 6  # letters of a tag that would not stand in a recording by chance
_TAGS = (b"APETAGEX", b"LYRICSBEGIN", b"LYRICS200")


def without_metadata(form: str, ending: str, data: bytes) -> bytes:
    """The recording as ``ending``, without tags. Raises CannotLeaveError."""
    import av

    out = io.BytesIO()
    try:
        with _opened(form, boxes.blanked(data) if form == "mp4" else data) as source:
            tracks = [one for one in source.streams if _is_played(one)]
            if not tracks:
                raise CannotLeaveError("damaged")
            options = {"fflags": "+bitexact", **_OPTIONS.get(ending, {})}
            with av.open(out, "w", format=_WRITTEN[ending], options=options) as target:
                _copy(source, target, tracks, ending)
            told = [value.encode() for _key, value in _tags(source) if len(value) >= _LEAST_TOLD]
    except CannotLeaveError:
        raise
    except (av.error.FFmpegError, ValueError, OSError) as error:
        raise CannotLeaveError("unplayable") from error
    copied = boxes.blanked(out.getvalue()) if ending in _BOXED else out.getvalue()
    if any(value in copied for value in told):  # a damaged file's sound may begin where its tags are
        raise CannotLeaveError("damaged")
    return copied


def look(form: str, data: bytes) -> Found:
    """What is written into a recording. Raises CannotLeaveError."""
    import av

    found: Found = {}
    try:
        with _opened(form, data) as source:
            for key, value in _tags(source):
                if not (key.lower() == "encoder" and value.startswith("Lav")):
                    kind = PROGRAM if key == "handler_name" else kind_of_field(key)
                    note(found, kind, key)
            for one in source.streams:
                if one.type == "subtitle":
                    note(found, WORDS, "subtitles")
                elif not _is_played(one):
                    note(
                        found,
                        COVER if one.type == "video" else OTHER,
                        "cover" if one.type == "video" else str(one.type),
                    )
    except (av.error.FFmpegError, ValueError, OSError) as error:
        raise CannotLeaveError("damaged") from error
    if form == "mp4":
        for kind, fields in boxes.look(data).items():
            found.setdefault(kind, set()).update(fields)
    if form == "mp3":
        for tag in _TAGS:
            if tag in data:
                note(found, OTHER, tag.decode())
        if data[-128:-125] == b"TAG":
            note(found, WORDS, "ID3v1")
    return found


def _opened(form: str, data: bytes) -> Any:
    import av

    av.logging.set_level(None)
    return av.open(io.BytesIO(data), format=_READ[form], metadata_errors="replace")


def _tags(source: Any) -> Iterator[tuple[str, str]]:
    for tags in (source.metadata, *(one.metadata for one in source.streams)):
        for key, value in tags.items():
            if key.lower() in _TECHNICAL or (key == "handler_name" and value in _HANDLERS) or not value:
                continue
            yield key, value


def _is_played(stream: Any) -> bool:
    from av.stream import Disposition

    return stream.type in ("video", "audio") and not stream.disposition & Disposition.attached_pic


def _copy(source: Any, target: Any, tracks: list[Any], ending: str) -> None:
    ways = {track.index: _way(target, track, ending) for track in tracks}
    for packet in source.demux(tracks):
        if packet.dts is not None or packet.pts is not None:
            ways[packet.stream.index].take(packet)
    for way in ways.values():
        way.end()


def _way(target: Any, track: Any, ending: str) -> "_AsItIs | _Anew":
    if (
        track.type == "audio"
        and ending in _AS_AAC
        and track.codec_context.name not in ("aac", "mp3", "alac", "ac3", "opus")
    ):
        return _Anew(target, track)
    return _AsItIs(target, track)


class _AsItIs:
    """A track whose packets are taken over."""

    def __init__(self, target: Any, track: Any) -> None:
        self._target = target
        self._codec = track.codec_context.name
        self._length = units.length_size(self._codec, track.codec_context.extradata)
        self._stream = target.add_stream_from_template(track)
        self._stream.metadata.clear()
        if self._length:
            head = units.head_without_words(self._codec, track.codec_context.extradata)
            self._stream.codec_context.extradata = head

    def take(self, packet: Any) -> None:
        one = self._without_words(packet) if self._length else packet
        one.stream = self._stream
        self._target.mux(one)

    def end(self) -> None:
        pass  # what was taken is written

    def _without_words(self, packet: Any) -> Any:
        import av

        before = bytes(packet)
        after = units.without_words(self._codec, self._length, before)
        if after == before:
            return packet
        made = av.Packet(after)
        made.pts, made.dts, made.duration = packet.pts, packet.dts, packet.duration
        made.time_base, made.is_keyframe = packet.time_base, packet.is_keyframe
        return made


class _Anew:
    """A sound that is coded anew, as AAC."""

    def __init__(self, target: Any, track: Any) -> None:
        import av

        rate = track.codec_context.sample_rate
        self._target = target
        self._stream = target.add_stream("aac", rate=rate if rate >= 16_000 else 16_000)
        self._stream.layout = "mono" if track.codec_context.channels == 1 else "stereo"
        self._resampler = av.AudioResampler(format="fltp", layout=self._stream.layout, rate=self._stream.rate)

    def take(self, packet: Any) -> None:
        for frame in packet.decode():
            self._mux(self._resampler.resample(frame))

    def end(self) -> None:
        self._mux(self._resampler.resample(None))
        self._target.mux(self._stream.encode(None))

    def _mux(self, frames: list[Any]) -> None:
        for frame in frames:
            self._target.mux(self._stream.encode(frame))
