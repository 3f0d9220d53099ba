"""JSON put together from parts that are JSON already: what the database keeps as text goes out as it is."""

import json
from collections.abc import Mapping

from pydantic_core import to_json

quoted = json.encoder.encode_basestring  # a string as JSON, as it is: nothing but quotes and control marks is escaped
_NO_NUMBERS = ("NaN", "Infinity")


def with_member(whole: str, name: str, part: str) -> str:
    """A JSON object that is not empty with one member more."""
    return f'{whole[:-1]},"{name}":{part}}}'


def joined(members: Mapping[str, str]) -> str:
    """An object of parts that are JSON."""
    return "{" + ",".join(f"{quoted(name)}:{part}" for name, part in members.items()) + "}"


def listed(parts: list[str]) -> str:
    """A list of parts that are JSON."""
    return "[" + ",".join(parts) + "]"


def stored(text: str) -> str:
    """What Python's ``json`` once wrote, as JSON that everybody reads: infinite numbers become null."""
    if any(word in text for word in _NO_NUMBERS):
        return to_json(json.loads(text), inf_nan_mode="null").decode()
    return text
