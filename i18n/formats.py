"""Dates, numbers, names of countries and languages as the reader's language has them (CLDR by babel)."""

from datetime import UTC, date, datetime
from functools import lru_cache

from babel import Locale, dates, numbers

from i18n.catalog import _, language

REGIONS = {"en": "en_GB"}  # the forms of dates that English readers in Europe expect


@lru_cache(maxsize=8)
def _locale(code: str) -> Locale:
    return Locale.parse(REGIONS.get(code, code))


def country_name(code: str) -> str:
    """A country's name; the platform writes EL where CLDR writes GR."""
    return str(_locale(language()).territories.get("GR" if code == "EL" else code, code))


def language_name(code: str) -> str:
    """A language's name, with a capital, as it begins a line."""
    name = str(_locale(language()).languages.get(code, code))
    return name[:1].upper() + name[1:] if name[:1] != "i" or language() != "tr" else "İ" + name[1:]


def number(value: int) -> str:
    """A whole number with the reader's separators."""
    return str(numbers.format_decimal(value, locale=_locale(language())))


def percent(value: int) -> str:
    """A whole number of hundredths: ``100 %`` reads ``%100`` in Turkish."""
    return str(numbers.format_percent(value / 100, locale=_locale(language())))


def clock(seconds: float) -> str:
    """The time of day, or the date and time when it is not today."""
    then = datetime.fromtimestamp(seconds)
    if then.date() == date.today():
        return str(dates.format_time(then, "short", locale=_locale(language())))
    return str(dates.format_datetime(then, "d MMM, HH:mm", locale=_locale(language())))


def brief_moment(seconds: float) -> str:
    """When something came, for a list: the time today, then the weekday, then the date."""
    then, locale = datetime.fromtimestamp(seconds), _locale(language())
    days = (date.today() - then.date()).days
    if days <= 0:
        return str(dates.format_time(then, "short", locale=locale))
    if days == 1:
        return _("yesterday")
    if days < 7:
        return str(dates.format_date(then, "EEEE", locale=locale))
    return str(dates.format_skeleton("MMMd" if then.year == date.today().year else "yMMMd", then, locale=locale))


def whole_moment(seconds: float) -> str:
    """When something came, in full: weekday, date and time."""
    then, locale = datetime.fromtimestamp(seconds), _locale(language())
    time = dates.format_time(then, "short", locale=locale)
    if then.date() == date.today():
        return _("Today, {time}").format(time=time)
    return f"{dates.format_date(then, 'full', locale=locale)}, {time}"


def day(seconds: float) -> str:
    """The date of a moment in seconds since 1970."""
    return str(dates.format_date(datetime.fromtimestamp(seconds), "long", locale=_locale(language())))


def weekday(when: date) -> str:
    """A day with its name, without the year: ``Wednesday 25 November``, ``25 Kasım Çarşamba``."""
    return str(dates.format_skeleton("MMMMEEEEd", when, locale=_locale(language())))


def short_day(iso_day: str) -> str:
    """An ISO date as a day and month."""
    return str(dates.format_date(date.fromisoformat(iso_day), "d MMMM", locale=_locale(language())))


def ago(iso_day: str) -> str:
    """``3 days ago`` for an ISO date."""
    then = date.fromisoformat(iso_day)
    days = (datetime.now(UTC).date() - then).days
    if days > 45:
        return str(dates.format_date(then, "MMMM yyyy", locale=_locale(language())))
    if days <= 0:
        return _("today")
    return str(
        dates.format_timedelta(
            then - datetime.now(UTC).date(),
            granularity="day",
            threshold=1.2,
            add_direction=True,
            locale=_locale(language()),
        )
    )


def file_size(size: int) -> str:
    """Bytes for people: ``12 KB``, ``3.4 MB``."""
    if size < 1_000_000:
        return f"{number(max(1, round(size / 1000)))} KB"
    return f"{numbers.format_decimal(round(size / 1_000_000, 1), locale=_locale(language()))} MB"


def minutes(seconds: float) -> str:
    """A length of time for people, to stand after "about": ``a minute``, ``3 minutes``."""
    if seconds < 90:
        return _("a minute")
    return str(dates.format_timedelta(seconds, granularity="minute", threshold=1.5, locale=_locale(language())))
