"""What the exchange needs of the capabilities, which stand above it; put together in ``server/capabilities.py``."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from server.core.database import Database

Handler = Callable[[Database, dict[str, Any], dict[str, Any]], None]  # (db, account, arguments or fields)


@dataclass(frozen=True)
class Capabilities:
    """``commands`` carries each command out, arguments checked; ``after_record`` hears of a kind's changes by people.

    ``afterwards`` does, once the changes are kept, what follows a command outside the database. ``versions`` gives, by
    the names of the answer's fields, what clients need not ask for while it stays the same.
    """

    commands: Mapping[str, Handler]
    after_record: Mapping[str, Handler] = field(default_factory=dict)
    afterwards: Mapping[str, Callable[[Database, Path], object]] = field(default_factory=dict)
    versions: dict[str, Callable[[Path], str]] = field(default_factory=dict)
