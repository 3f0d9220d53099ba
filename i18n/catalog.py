"""Looking a text up in the chosen language. English is the source and needs no catalog."""

import gettext
from pathlib import Path

from i18n.system_language import system_language

FOLDER = Path(__file__).resolve().parent / "locales"
DOMAIN = "twindesk"
_state: dict[str, object] = {"language": "en", "translations": gettext.NullTranslations()}


def available() -> list[str]:
    """The codes of all languages the window speaks."""
    return ["en", *sorted(folder.name for folder in FOLDER.iterdir() if folder.is_dir())]


def use_language(code: str | None) -> str:
    """Speak a language from now on; None means the system's, English where it is not known."""
    wanted = code or system_language(available())
    chosen = wanted if wanted in available() else "en"
    _state["language"] = chosen
    _state["translations"] = (
        gettext.NullTranslations() if chosen == "en" else gettext.translation(DOMAIN, FOLDER, [chosen])
    )
    return chosen


def language() -> str:
    """The code of the language that is spoken now."""
    return str(_state["language"])


def _(text: str) -> str:
    return _translations().gettext(text) if text else ""


def ngettext(one: str, many: str, count: int) -> str:
    """The translation for a number of things."""
    return _translations().ngettext(one, many, count)


def pgettext(context: str, text: str) -> str:
    """The translation of a text that means different things in different places."""
    return _translations().pgettext(context, text)


def mark(text: str) -> str:
    """Mark a text for translation where it stands in data; look it up with ``_`` when it is shown."""
    return text


def _translations() -> gettext.NullTranslations:
    found = _state["translations"]
    assert isinstance(found, gettext.NullTranslations)
    return found
