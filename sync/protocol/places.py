"""Places in a shared list: short texts that sort, with room between any two, so that moving one item touches only it."""

import secrets

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
LONGEST = 100  # characters; a list that was stuffed at one place is spread anew


def between(low: str, high: str) -> str:
    """A place after ``low`` and before ``high`` (empty: no bound), unlike any that another computer makes there.

    Raises ValueError where there is none, because two places are alike or were written by a stranger's program.
    """
    if (high and not low < high) or not set(low + high) <= set(DIGITS) or max(len(low), len(high)) > LONGEST:
        raise ValueError("no room")
    place, bounded = "", bool(high)
    for at in range(LONGEST):
        left = DIGITS.index(low[at]) if at < len(low) else -1
        right = (DIGITS.index(high[at]) if at < len(high) else -1) if bounded else len(DIGITS)
        if right - left > 1:
            middle = _amid(left, right, at_start=not low, at_end=not high)
            return place + DIGITS[middle] + "".join(secrets.choice(DIGITS[1:]) for _ in range(3))
        left = max(left, 0)
        bounded = bounded and left == right
        place += DIGITS[left]
    raise ValueError("no room")


def _amid(left: int, right: int, *, at_start: bool, at_end: bool) -> int:
    """A digit between two; at the ends of a list a small step, for there the next one will come too."""
    if at_start and not at_end:
        return right - 1
    return left + 1 if at_end and not at_start else (left + right) // 2


def spread(count: int) -> list[str]:
    """So many places in order, with room between them."""
    width = len(DIGITS)
    step = width**4 // (count + 1)
    return [_number(step * (n + 1)) + "V" for n in range(count)]


def _number(value: int) -> str:
    digits = []
    for _ in range(4):
        value, rest = divmod(value, len(DIGITS))
        digits.append(DIGITS[rest])
    return "".join(reversed(digits))
