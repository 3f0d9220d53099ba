"""Ids made on any computer, in the order of time (UUID version 7, RFC 9562)."""

import secrets
import threading
import time
from uuid import UUID

_RANDOM_BITS = 74
_lock = threading.Lock()
_last = 0


def uuid7() -> UUID:
    """A new id. Later ones of one process are always greater, also when its clock goes back."""
    global _last
    now = time.time_ns() // 1_000_000
    with _lock:
        _last = max(now << _RANDOM_BITS | secrets.randbits(_RANDOM_BITS), _last + 1)
        made = _last
    moment, high, low = made >> 74, made >> 62 & 0xFFF, made & (1 << 62) - 1
    return UUID(int=moment << 80 | 0x7 << 76 | high << 64 | 0b10 << 62 | low)
