"""The directory's list of packs: read without believing it, and what of it is worth fetching.

One bad pack is left out with a reason, and the others count. Only where nothing can be made of it, the whole list is
refused.
"""

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import ValidationError

from app.rules.directory import PARTS
from sync.errors import ForeignDirectoryError
from sync.protocol.messages import MAX_PACK_NUMBER, Pack, PackFile, PackList, SignedPackList

MOST_PACKS = 600
FIRST_DAY, LAST_DAY = 1_577_836_800.0, 4_102_444_800.0  # 2020 and 2100: no list is older or younger
SMALL = 4_000_000  # bytes: a directory, or its news, that come without being asked for


@dataclass(frozen=True)
class Listing:
    """A list as it was read, and why some of it was left out."""

    packs: PackList
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True)
class Choice:
    """What a teacher wants of the directory: ``countries`` (None: not chosen yet), and whom of them."""

    countries: frozenset[str] | None = None
    available_only: bool = False


@dataclass(frozen=True)
class Step:
    """Files that bring one pack up to date, in order."""

    pack: Pack
    files: tuple[PackFile, ...]

    @property
    def size(self) -> int:
        """Bytes to fetch."""
        return sum(file.size for file in self.files)


@dataclass(frozen=True)
class Plan:
    """What to fetch and what to forget."""

    steps: tuple[Step, ...]
    forget: tuple[tuple[str, str], ...]
    today: str = ""  # the platform's date: a computer's own clock may be years off; empty if it is not to be believed

    @property
    def size(self) -> int:
        """Bytes to fetch."""
        return sum(step.size for step in self.steps)


def verified(signed: SignedPackList) -> Listing:
    """The list, if the key beside it signed it. Raises ForeignDirectoryError."""
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(signed.key))
        key.verify(bytes.fromhex(signed.signature), signed.text.encode())
    except (InvalidSignature, ValueError):
        raise ForeignDirectoryError("the list's signature is not good") from None
    return read(signed.text)


def read(text: str) -> Listing:
    """A list's text. Raises ForeignDirectoryError where it is no list."""
    try:
        values = json.loads(text, parse_int=_whole_number)
    except (ValueError, RecursionError):
        raise ForeignDirectoryError("the list cannot be read") from None
    number, packs = (values.get("number"), values.get("packs")) if isinstance(values, dict) else (None, None)
    if type(number) is not int or not 0 <= number <= MAX_PACK_NUMBER or not isinstance(packs, list):
        raise ForeignDirectoryError("the list has no number or no packs")
    made, left_out = values.get("made"), list[str]()
    if not isinstance(made, int | float) or not is_credible(made):
        left_out += ["the list's date is not credible; nobody is taken for expired"] if number else []
        made = 0.0
    good = list(_good_packs(packs[:MOST_PACKS], left_out))
    if len(packs) > MOST_PACKS:
        left_out.append(f"{len(packs) - MOST_PACKS} packs too many")
    return Listing(PackList(number=number, made=made, packs=good), tuple(left_out))


def _whole_number(digits: str) -> int | float:
    return int(digits) if len(digits) < 20 else math.inf


def is_credible(made: object) -> bool:
    """Whether a time in seconds since 1970 can be the one at which a list was made."""
    return isinstance(made, int | float) and math.isfinite(made) and FIRST_DAY <= made <= LAST_DAY


def _good_packs(packs: list[Any], left_out: list[str]) -> Iterator[Pack]:
    seen = set()
    for number, values in enumerate(packs, start=1):
        try:
            pack = Pack.model_validate(values)
        except ValidationError as error:
            first = error.errors()[0]
            left_out.append(f"{_called(values, number)}: {'/'.join(map(str, first['loc']))}: {first['type']}")
            continue
        if (pack.country, pack.part) in seen:
            left_out.append(f"{pack.country} {pack.part}: listed twice")
            continue
        seen.add((pack.country, pack.part))
        yield pack


def _called(values: object, number: int) -> str:
    if not isinstance(values, dict):
        return f"pack {number}"
    return f"{str(values.get('country'))[:2]} {str(values.get('part'))[:9]}"


def plan(listing: PackList, choice: Choice, here: dict[tuple[str, str], int], refused: set[str]) -> Plan:
    """What it takes to have what was chosen, small packs first; files that were ``refused`` are left out."""
    wanted = _wanted(listing, choice, {country for country, _part in here})
    steps = [Step(pack, files) for pack in wanted if (files := files_for(pack, here.get((pack.country, pack.part), 0)))]
    steps = [step for step in steps if not any(name_of(step.pack, file) in refused for file in step.files)]
    names = {(pack.country, pack.part) for pack in wanted}
    made = datetime.fromtimestamp(listing.made, UTC).date().isoformat() if is_credible(listing.made) else ""
    return Plan(tuple(sorted(steps, key=lambda step: step.size)), tuple(sorted(set(here) - names)), made)


def _wanted(listing: PackList, choice: Choice, here: set[str]) -> list[Pack]:
    """Without any choice, everything if it is small, else what is here already."""
    countries = choice.countries
    if countries is None:
        small = sum(pack.whole.size for pack in listing.packs) <= SMALL
        countries = frozenset(pack.country for pack in listing.packs) if small else frozenset(here)
    parts = PARTS[:1] if choice.available_only else PARTS
    return [pack for pack in listing.packs if pack.country in countries and pack.part in parts]


def files_for(pack: Pack, number: int) -> tuple[PackFile, ...]:
    """The deltas that lead from ``number`` to the pack as it is now, or the whole pack if that is less to fetch."""
    if number == pack.number:
        return ()
    steps, at = [], number
    for delta in sorted(pack.deltas, key=lambda delta: delta.since):
        if delta.since == at:
            steps.append(delta)
            at = delta.number
    if number and at == pack.number and sum(delta.size for delta in steps) <= pack.whole.size:
        return tuple(steps)
    later = tuple(delta for delta in sorted(pack.deltas, key=lambda d: d.since) if delta.since >= pack.whole.number)
    return (pack.whole, *later)


def name_of(pack: Pack, file: PackFile) -> str:
    """A file's name, which no other bytes have."""
    return f"{pack.country}-{pack.part}-{file.since}-{file.number}-{file.sha256[:16]}"


def names_in(listing: PackList) -> set[str]:
    """The names of all files of a list."""
    return {name_of(pack, file) for pack in listing.packs for file in (pack.whole, *pack.deltas)}
