"""How many days have passed, for clocks that jump: a start with the clock years ahead is worth a week, not years.

Nothing here compares two moments. Each day on which the program ran is counted
once, whatever order the clock shows the days in; a gap since the day before is
counted too, but never more than a week of it. A clock that falls back to 1970 at
every start of the computer therefore adds one day for ever, not one a start.
"""

import time

from local_db.store import Store
from local_db.tables import settings

DAY = 24 * 3600
LONGEST_GAP = 7  # days that one start can add
_KEPT_DAYS = 400
_SETTING = "days_seen"


def days_seen(store: Store, now: float | None = None) -> int:
    """Days that passed as far as the program saw them; it never falls, and today is counted by asking.

    ``now`` is in seconds since 1970. A step that must wait thirty days keeps the number of its
    beginning and compares. Raises the store's errors when today cannot be noted.
    """
    today = int((time.time() if now is None else now) // DAY)
    if today in _kept(store)[1]:
        return _kept(store)[0]
    with store.transaction():
        count, days = _kept(store)
        if today not in days:
            count, days = count + _gap(today, days), [*days, today][-_KEPT_DAYS:]
            settings.put(store, _SETTING, {"count": count, "days": days})
    return count


def _kept(store: Store) -> tuple[int, list[int]]:
    kept = settings.get(store, _SETTING, {"count": 0, "days": []})
    return int(kept["count"]), [int(day) for day in kept["days"]]


def _gap(today: int, days: list[int]) -> int:
    """Days since the latest counted day before this one, at least one and at most a week."""
    earlier = [day for day in days if day < today]
    return min(today - max(earlier), LONGEST_GAP) if earlier else 1
