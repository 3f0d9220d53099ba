"""The language of the window: gettext catalogs, switchable while the program runs."""

from i18n.catalog import _, available, language, mark, ngettext, pgettext, use_language

__all__ = ["_", "available", "language", "mark", "ngettext", "pgettext", "use_language"]
