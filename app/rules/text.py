"""Comparing and searching text in any script.

Search must not care for case, accents, or which of the four Turkish i was
typed, so both sides are folded to one form before they are compared.
"""

import re
import unicodedata

_EXTRA = str.maketrans({"ı": "i", "ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe"})
_WORD = re.compile(r"\w+")


def fold(text: str) -> str:
    """Lower-case without accents; ``İ I ı i`` become one letter, ``ß`` becomes ``ss``."""
    plain = unicodedata.normalize("NFKD", text).casefold()  # first, because styled capitals (𝓐) have no small letter
    decomposed = unicodedata.normalize("NFKD", plain)
    bare = "".join(c for c in decomposed if not unicodedata.combining(c))
    return bare.translate(_EXTRA)


def words(text: str) -> list[str]:
    """The folded words of a query or a text."""
    return _WORD.findall(fold(text))


def initials(name: str) -> str:
    """The capitals of the first and the last name, for a picture: ``AY`` for Ayşe Nur Yılmaz."""
    parts = [part for part in name.split() if part[:1].isalpha()]
    return "".join(part[0] for part in (parts[:1] + parts[-1:] if len(parts) > 1 else parts)).upper()


def storable(text: str) -> str:
    """The text without what no stored text can have: NUL, and halves of characters (lone surrogates)."""
    text = text.replace("\0", "")
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")
    return text


def common_ends(one: str, other: str) -> tuple[int, int]:
    """How many characters two texts share at their beginning, and then at their end."""
    head = _shared(one, other)
    rest = min(len(one), len(other)) - head
    tail = _shared(one[len(one) - rest :][::-1], other[len(other) - rest :][::-1])
    return head, tail


def _shared(one: str, other: str) -> int:
    """Length of the common beginning; by halves, for texts of millions of characters."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def brief(text: str, most: int = 120) -> str:
    """A text for one line of a list: without line ends, and ended by dots where it is longer than ``most``."""
    line = " ".join(text[: 4 * most].split())
    return line if len(line) <= most and len(text) <= 4 * most else line[: most - 1].rstrip() + "…"
