"""The platform's lists (countries, languages, subjects, ...) as data.

They ship in ``resources/vocabularies`` with their source and confidence, and
the server may send newer ones, because several are provisional.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[2] / "resources" / "vocabularies"
NAMES = ("age_bands", "countries", "languages", "school_types", "staff_roles", "subjects", "tools", "upload_limits")
MAX_ITEMS = 500


class VocabularyError(ValueError):
    """A replacement list is not of the expected form; the shipped one stays in use."""


@dataclass(frozen=True)
class Vocabulary:
    """One list: item ids in their order, and each item's properties."""

    name: str
    items: dict[str, dict[str, Any]]

    def __contains__(self, item_id: object) -> bool:
        return item_id in self.items

    @property
    def ids(self) -> list[str]:
        """The items' ids in their order."""
        return list(self.items)

    def label(self, item_id: str, language: str) -> str:
        """The item's name in a language the list carries (``en``, ``tr``), else English, else the id."""
        item = self.items.get(item_id, {})
        return str(item.get(language) or item.get("en") or item_id)


def parse(name: str, data: object) -> Vocabulary:
    """Read ``{"items": [{"id": ...}, ...]}``; raises VocabularyError naming what is wrong."""
    items = data.get("items") if isinstance(data, dict) else None
    if not isinstance(items, list) or not 0 < len(items) <= MAX_ITEMS:
        raise VocabularyError(f"{name}: 'items' must be a list of 1 to {MAX_ITEMS} entries")
    items_by_id: dict[str, dict[str, Any]] = {}
    for place, item in enumerate(items):
        if not isinstance(item, dict) or not isinstance(item.get("id"), str) or not item["id"]:
            raise VocabularyError(f"{name}: entry {place + 1} has no id")
        items_by_id[item["id"]] = item
    return Vocabulary(name, items_by_id)


@cache
def shipped(name: str) -> Vocabulary:
    """The list that came with the program."""
    return parse(name, json.loads((FOLDER / f"{name}.json").read_text("utf-8")))


_replaced: dict[str, Vocabulary] = {}


def replace(lists: dict[str, object]) -> list[str]:
    """Use the server's lists from now on; returns one complaint for each list refused."""
    complaints = []
    for name, data in lists.items():
        if name not in NAMES:
            continue
        try:
            _replaced[name] = parse(name, data)
        except VocabularyError as error:
            complaints.append(str(error))
    return complaints


def get(name: str) -> Vocabulary:
    """The list that counts: the server's if it sent one, else the one that came with the program."""
    return _replaced.get(name) or shipped(name)
