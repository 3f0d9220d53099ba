"""A seeded directory of any size: words by Zipf's law in each country's script, names, towns, activity.

Words are made of syllables of the country's script, so that lengths, scripts and frequencies are like those of
real texts while no text is anybody's. A third of the teachers have written nothing about themselves.
"""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import accumulate
from typing import Any

from server.demonstration.community import KEPT_DAYS, place_of

TODAY = date(2026, 11, 24)
WORDS = 40_000  # of each language
SHARED = 12_000  # of the common language, English in the real world
LATIN = [
    "ba",
    "ca",
    "da",
    "fa",
    "ga",
    "ka",
    "la",
    "ma",
    "na",
    "pa",
    "ra",
    "sa",
    "ta",
    "va",
    "za",
    "be",
    "ce",
    "de",
    "fe",
    "ge",
    "le",
    "me",
    "ne",
    "pe",
    "re",
    "se",
    "te",
    "ve",
    "bi",
    "di",
    "fi",
    "li",
    "mi",
    "ni",
    "pi",
    "ri",
    "si",
    "ti",
    "vi",
    "bo",
    "co",
    "do",
    "fo",
    "go",
    "ko",
    "lo",
    "mo",
    "no",
    "po",
    "ro",
    "so",
    "to",
    "vo",
    "bu",
    "cu",
    "du",
    "lu",
    "mu",
    "nu",
    "ru",
    "su",
    "tu",
    "an",
    "en",
    "in",
    "on",
    "un",
    "ar",
    "er",
    "or",
    "al",
    "el",
    "il",
]
GREEK = [
    "κα",
    "λα",
    "μα",
    "να",
    "πα",
    "ρα",
    "σα",
    "τα",
    "με",
    "νε",
    "πε",
    "ρε",
    "σε",
    "τε",
    "δι",
    "κι",
    "λι",
    "μι",
    "νι",
    "ρι",
    "σι",
    "τι",
    "κο",
    "λο",
    "μο",
    "νο",
    "πο",
    "ρο",
    "σο",
    "το",
    "θη",
    "γη",
    "φο",
    "χω",
]
CYRILLIC = [
    "ба",
    "ва",
    "га",
    "да",
    "за",
    "ка",
    "ла",
    "ма",
    "на",
    "па",
    "ра",
    "са",
    "та",
    "бе",
    "ве",
    "де",
    "ле",
    "не",
    "пе",
    "ре",
    "се",
    "те",
    "ки",
    "ли",
    "ми",
    "ни",
    "ри",
    "си",
    "ти",
    "ко",
    "ло",
    "мо",
    "но",
    "по",
    "ро",
    "со",
    "то",
]
GEORGIAN = [
    "ბა",
    "გა",
    "და",
    "ვა",
    "ზა",
    "კა",
    "ლა",
    "მა",
    "ნა",
    "რა",
    "სა",
    "ბე",
    "დე",
    "ვე",
    "ლე",
    "მე",
    "ნე",
    "რე",
    "სე",
    "ბი",
    "დი",
    "ლი",
    "მი",
    "ნი",
    "რი",
    "სი",
    "კო",
    "ლო",
    "მო",
    "ნო",
    "რო",
    "სო",
]
ARMENIAN = [
    "բա",
    "գա",
    "դա",
    "կա",
    "հա",
    "մա",
    "նա",
    "պա",
    "սա",
    "տա",
    "բե",
    "դե",
    "կե",
    "լե",
    "մե",
    "նե",
    "սե",
    "տե",
    "կի",
    "լի",
    "մի",
    "նի",
    "սի",
    "տի",
    "կո",
    "մո",
    "նո",
    "րո",
    "սո",
]
ARABIC = [
    "با",
    "تا",
    "دا",
    "را",
    "سا",
    "كا",
    "لا",
    "ما",
    "نا",
    "وا",
    "بي",
    "تي",
    "دي",
    "ري",
    "سي",
    "كي",
    "لي",
    "مي",
    "ني",
    "بو",
    "دو",
    "رو",
    "كو",
    "لو",
    "مو",
    "نو",
]
SCRIPTS = {
    "EL": GREEK,
    "CY": GREEK,
    "BG": CYRILLIC,
    "UA": CYRILLIC,
    "RS": CYRILLIC,
    "MK": CYRILLIC,
    "GE": GEORGIAN,
    "AM": ARMENIAN,
    "JO": ARABIC,
    "LB": ARABIC,
    "TN": ARABIC,
}
ACCENTS = {
    "TR": ("ş", "ı", "ğ", "ü", "ö", "ç"),
    "PL": ("ł", "ą", "ę", "ś"),
    "FR": ("é", "è", "ç"),
    "DE": ("ß", "ü", "ä"),
    "CZ": ("č", "ř", "ž"),
    "RO": ("ș", "ț", "ă"),
}
COUNTRIES = [
    "TR",
    "IT",
    "ES",
    "PL",
    "FR",
    "RO",
    "EL",
    "PT",
    "UA",
    "DE",
    "BG",
    "HR",
    "RS",
    "LT",
    "CZ",
    "SK",
    "SE",
    "NL",
    "HU",
    "FI",
    "AZ",
    "BE",
    "AL",
    "GE",
    "LV",
    "SI",
    "MK",
    "EE",
    "AT",
    "IE",
    "DK",
    "CY",
    "MD",
    "AM",
    "NO",
    "BA",
    "TN",
    "MT",
    "JO",
    "ME",
    "IS",
    "LU",
    "LB",
    "LI",
]
LANGUAGE = {
    "TR": "tr",
    "IT": "it",
    "ES": "es",
    "PL": "pl",
    "FR": "fr",
    "RO": "ro",
    "EL": "el",
    "PT": "pt",
    "UA": "uk",
    "DE": "de",
    "BG": "bg",
    "HR": "hr",
    "RS": "sr",
    "LT": "lt",
    "CZ": "cs",
    "SK": "sk",
    "SE": "sv",
    "NL": "nl",
    "HU": "hu",
    "FI": "fi",
}
SUBJECTS = [
    "art",
    "biology",
    "chemistry",
    "citizenship",
    "environmental_education",
    "foreign_languages",
    "geography",
    "history",
    "informatics_ict",
    "mathematics",
    "music",
    "natural_sciences",
    "physics",
    "primary",
]
AGES = ((3, 6), (6, 10), (7, 11), (10, 14), (12, 15), (11, 18), (14, 18), (16, 19))
TYPES = ("pre_primary", "primary", "lower_secondary", "upper_secondary", "vocational", "special")
SCHOOL_WORD = {
    "TR": "Ortaokulu",
    "IT": "IC",
    "ES": "CEIP",
    "PL": "Szkoła Podstawowa nr",
    "FR": "Collège",
    "EL": "Γυμνάσιο",
}


class Zipf:
    """Words drawn by rank: the nth as often as 1/n."""

    def __init__(self, words: list[str]) -> None:
        self.words = words
        self.sums = list(accumulate(1 / (rank + 2.7) for rank in range(len(words))))

    def draw(self, chance: random.Random, count: int) -> list[str]:
        return chance.choices(self.words, cum_weights=self.sums, k=count)


def made_words(chance: random.Random, country: str, count: int) -> list[str]:
    syllables, accents = SCRIPTS.get(country, LATIN), ACCENTS.get(country)
    found: dict[str, None] = {}
    while len(found) < count:
        size = chance.choices((1, 2, 3, 4, 5), (4, 24, 36, 24, 12))[0]
        word = "".join(chance.choice(syllables) for _ in range(size))
        if accents and chance.random() < 0.4:
            at = chance.randrange(len(word))
            word = word[:at] + chance.choice(accents) + word[at:]
        found[word] = None
    return list(found)


def sizes(total: int) -> dict[str, int]:
    """How many teachers each country has; the largest has about a fifth."""
    weights = [1 / (rank + 1.5) for rank in range(len(COUNTRIES))]
    counts = [round(total * weight / sum(weights)) for weight in weights]
    counts[0] += total - sum(counts)
    return dict(zip(COUNTRIES, counts, strict=True))


def common_words(seed: int = 1) -> Zipf:
    return Zipf(made_words(random.Random(seed), "EN", SHARED))


class Country:
    """The teachers of one country, the same for the same seed."""

    def __init__(self, code: str, count: int, seed: int, shared: Zipf) -> None:
        self.code, self.count, self._shared = code, count, shared
        self._chance = chance = random.Random(f"{seed}{code}")
        self._words = Zipf(made_words(chance, code, WORDS if count > 5_000 else 8_000))
        self._given = Zipf([word.capitalize() for word in made_words(chance, code, 900)])
        self._surnames = Zipf([word.capitalize() for word in made_words(chance, code, 12_000)])
        towns = [word.capitalize() for word in made_words(chance, code, max(20, min(600, count // 40)))]
        self._towns = [(town, place_of(code, town)) for town in towns]
        self._school_names = Zipf([word.capitalize() for word in made_words(chance, code, 3_000)])

    def teachers(self) -> Iterator[dict[str, Any]]:
        for number in range(self.count):
            yield self._teacher(number)

    def _teacher(self, number: int) -> dict[str, Any]:
        chance, code = self._chance, self.code
        town, place = self._towns[min(int(chance.expovariate(6 / len(self._towns))), len(self._towns) - 1)]
        first, last = chance.choice(AGES)
        day = TODAY - timedelta(days=min(KEPT_DAYS - 1, int(chance.expovariate(1 / 110))))
        languages = [LANGUAGE.get(code, "en")] + (["en"] if chance.random() < 0.6 else [])
        if chance.random() < 0.2:
            languages.append(chance.choice(("fr", "de", "es")))
        name = f"{self._given.draw(chance, 1)[0]} {self._surnames.draw(chance, 1)[0]}"
        school = f"{self._school_names.draw(chance, 1)[0]} {SCHOOL_WORD.get(code, 'School')} {chance.randint(1, 99)}"
        return {
            "id": f"{code.lower()}{number:06x}",
            "country": code,
            "name": name,
            "school": school,
            "school_type": chance.choices(TYPES, (8, 30, 30, 24, 6, 2))[0],
            "etwinning_school": chance.random() < 0.06,
            "town": town,
            "place": place,
            "role": "teacher" if chance.random() < 0.93 else "head",
            "languages": sorted(set(languages)),
            "subjects": sorted(set(chance.choices(SUBJECTS, k=chance.randint(1, 3)))),
            "age_from": first,
            "age_to": last,
            "about": self._about(),
            "projects": self._projects(),
            "active_projects": chance.choices((0, 1, 2, 4), (70, 20, 7, 3))[0],
            "available": chance.random() < 0.7,
            "last_active": day.isoformat(),
            "expires": (day + timedelta(days=KEPT_DAYS)).isoformat(),
        }

    def _about(self) -> str:
        chance = self._chance
        if chance.random() < 1 / 3:
            return ""
        words = self._shared if chance.random() < 0.45 else self._words
        return " ".join(words.draw(chance, max(4, min(120, int(chance.lognormvariate(3.1, 0.6))))))

    def _projects(self) -> list[dict[str, Any]]:
        chance = self._chance
        if chance.random() < 0.7:
            return []
        return [{"title": " ".join(self._shared.draw(chance, 3)), "year": chance.randint(2019, 2026), "partners": []}]
