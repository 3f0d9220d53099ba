"""A teacher as they lie in the directory's file: JSON, compressed with a dictionary of what all teachers share.

The dictionary is part of the file's format: changing it means a new version of the directory's schema.
"""

import json
import threading
from typing import Any

import zstandard

_SHARED = (
    '"partners":["p000000","p00"]},{"title":"","year":2024,"partners":[]}],"active_projects":1,"available":false,'
    '"vocational","primary","pre_primary","upper_secondary","special","environmental_education","natural_sciences",'
    '"foreign_languages","informatics_ict","citizenship","mathematics","geography","chemistry","history","physics","music",'
    '"art","biology","fr","de","es","tr","it","pl","el","head","librarian","psychologist","school":"primary school nr '
    '{"id":"p000000","country":"TR","name":"","school":"","school_type":"lower_secondary","etwinning_school":false,'
    '"town":"","place":"39.0,27.0","role":"teacher","languages":["en"],"subjects":["biology","geography"],"age_from":12,'
    '"age_to":15,"about":"","projects":[{"title":"","year":2025,"partners":[]}],"active_projects":0,"available":true,'
    '"last_active":"2026-10-01","expires":"2027-10-01"}'
)
_DICTIONARY = zstandard.ZstdCompressionDict(_SHARED.encode(), dict_type=zstandard.DICT_TYPE_RAWCONTENT)
_OPTIONS = zstandard.ZstdCompressionParameters.from_level(1, write_dict_id=0, write_checksum=0)
MAX_BODY = 256 * 1024


class _Tools(threading.local):
    """The library's objects are for one thread each."""

    def __init__(self) -> None:
        self.pack = zstandard.ZstdCompressor(dict_data=_DICTIONARY, compression_params=_OPTIONS).compress
        self.unpack = zstandard.ZstdDecompressor(dict_data=_DICTIONARY).decompress


_tools = _Tools()


def pack(line: bytes) -> bytes:
    """A teacher's JSON as it is kept."""
    return _tools.pack(line)


def unpack(body: bytes) -> dict[str, Any]:
    """The teacher of a body that :func:`pack` made."""
    teacher: dict[str, Any] = json.loads(_tools.unpack(body, MAX_BODY))
    return teacher
