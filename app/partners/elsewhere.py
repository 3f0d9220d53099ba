"""What time it is where a partner lives, and whether they have a holiday today."""

from datetime import date, datetime


def local_hour(country: str, now: datetime | None = None) -> int | None:
    """The hour in the country's first time zone (CLDR); None where CLDR knows none."""
    from zoneinfo import ZoneInfo  # needed only when somebody writes, like the rest here

    import babel.core

    zones = babel.core.get_global("territory_zones").get(_iso(country))
    if not zones:
        return None
    return (now or datetime.now().astimezone()).astimezone(ZoneInfo(zones[0])).hour


def holiday(country: str, day: date, language: str) -> str:
    """The name of the public holiday a country has on a day, or an empty text. School holidays are not known."""
    import holidays  # large, and needed only when somebody writes

    for wanted in (language, "en_US", None):
        try:
            name = holidays.country_holidays(_iso(country), years=day.year, language=wanted).get(day)
        except (NotImplementedError, KeyError):
            return ""
        if name:
            return str(name)
    return ""


def _iso(country: str) -> str:
    return "GR" if country == "EL" else country
