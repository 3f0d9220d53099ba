"""What the exchange needs of the capabilities, which stand above it: handlers by name, put together in ``server/web.py``."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from server.core.database import Database

Handler = Callable[[Database, dict[str, Any], dict[str, Any]], None]  # (db, account, arguments or fields)


@dataclass(frozen=True)
class Capabilities:
    """``commands`` carries each command out, arguments checked; ``after_record`` hears of a kind's changes by people."""

    commands: Mapping[str, Handler]
    after_record: Mapping[str, Handler] = field(default_factory=dict)
