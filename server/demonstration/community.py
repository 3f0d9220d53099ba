"""An invented community: teachers of 44 countries with names in their own scripts.

Given names and surnames are common ones of each country put together by
chance; nobody in particular is meant. Towns are real, schools are not.
"""

import hashlib
import json
import random
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from app.rules import vocabularies

# country | languages | given names | surnames | towns | school ({} is a name or number)
_PEOPLE = """
AT|de|Anna Lukas Sophie Jakob Johanna|Gruber Huber Bauer Wagner Steiner|Graz Linz Villach|Volksschule {}
BE|nl,fr|Emma Lucas Louise Arthur Marie|Peeters Janssens Maes Dubois Lambert|Gent Namur Leuven|Basisschool {}
BG|bg|Мария Иван Елена Георги Десислава|Иванова Петров Димитрова Стоянов Тодорова|Пловдив Варна Русе|ОУ „Христо Ботев“ {}
HR|hr|Ana Ivan Marija Luka Petra|Horvat Kovačević Babić Marić Jurić|Split Rijeka Zadar|Osnovna škola {}
CY|el|Ελένη Ανδρέας Μαρία Γιώργος Χριστίνα|Γεωργίου Χαραλάμπους Ιωάννου Νικολάου|Λεμεσός Πάφος Λάρνακα|{}ο Δημοτικό Σχολείο
CZ|cs|Jana Petr Lucie Tomáš Eva|Nováková Svoboda Dvořáková Černý Procházková|Brno Olomouc Plzeň|ZŠ {}
DK|da|Mette Lars Sofie Anders Freja|Nielsen Jensen Hansen Pedersen Møller|Aarhus Odense Aalborg|Skole {}
EE|et|Kadri Mart Liis Tõnu Piret|Tamm Saar Sepp Mägi Kask|Tartu Pärnu Narva|{}. Põhikool
FI|fi,sv|Aino Mikko Liisa Juhani Emilia|Korhonen Virtanen Mäkinen Nieminen Hämäläinen|Tampere Oulu Turku|Koulu {}
FR|fr|Camille Hugo Chloé Léa Étienne|Martin Bernard Lefèvre Moreau Girard|Lyon Nantes Lille|Collège {}
DE|de|Julia Jan Lena Jürgen Katharina|Müller Schmidt Weiß Schröder Krüger|Köln Leipzig Bremen|Grundschule {}
EL|el|Ελένη Νίκος Αικατερίνη Γιάννης Σοφία|Παπαδοπούλου Δημητρίου Οικονόμου Γεωργίου|Χανιά Πάτρα Βόλος|{}ο Γυμνάσιο
HU|hu|Zsófia Bence Eszter Gábor Ágnes|Nagy Kovács Tóth Szabó Horváth|Szeged Pécs Győr|{}. Általános Iskola
IE|en,ga|Aoife Seán Niamh Oisín Ciara|Murphy Kelly Byrne Walsh Doyle|Cork Galway Sligo|Scoil {}
IT|it|Giulia Marco Chiara Luca Francesca|Rossi Russo Ferrari Esposito Bianchi|Bologna Bari Padova|IC {}
LV|lv|Anna Jānis Līga Andris Ilze|Bērziņa Kalniņš Ozola Liepiņš|Liepāja Cēsis Jelgava|{}. pamatskola
LT|lt|Rūta Jonas Eglė Mantas Ieva|Kazlauskienė Petrauskas Žukaitė Jankauskas|Kaunas Klaipėda Šiauliai|Progimnazija {}
LU|fr,de|Claire Luc Nathalie Marc|Schmit Weber Klein Hoffmann|Esch Diekirch Wiltz|Lycée {}
MT|mt,en|Maria Joseph Rita Karl|Borg Camilleri Vella Farrugia|Valletta Mosta Gozo|Primary School {}
NL|nl|Sanne Daan Lotte Bram Fleur|de Jong Jansen Bakker Visser Smit|Utrecht Groningen Breda|Basisschool {}
PL|pl|Agnieszka Paweł Małgorzata Łukasz Zofia|Kowalska Nowak Wiśniewska Wójcik Zielińska|Kraków Łódź Gdańsk|Szkoła Podstawowa nr {}
PT|pt|Maria João Inês Tiago Ana|Fernandes Ávila Rocha Carvalho Simões|Porto Braga Évora|Escola Básica {}
RO|ro|Ioana Andrei Elena Ștefan Mihaela|Popescu Ionescu Dumitru Stan Țurcanu|Cluj Iași Brașov|Școala Gimnazială nr. {}
SK|sk|Zuzana Martin Katarína Peter Ľubica|Kováčová Horváth Vargová Tóth|Košice Žilina Nitra|ZŠ {}
SI|sl|Ana Marko Nina Matej Špela|Novak Horvat Krajnc Zupančič|Maribor Kranj Celje|OŠ {}
ES|es|Lucía Javier Carmen Pablo Begoña|García Fernández Muñoz Ibáñez Núñez|Vigo Sevilla Murcia|CEIP {}
SE|sv|Elsa Erik Astrid Nils Åsa|Andersson Johansson Lindström Öberg|Malmö Uppsala Umeå|Skolan {}
AL|sq|Elira Arben Besa Gëzim Drita|Hoxha Shehu Dervishi Çela|Shkodër Durrës Korçë|Shkolla 9-vjeçare {}
BA|bs|Amra Emir Lejla Dino Selma|Hodžić Kovačević Delić Hadžić|Mostar Tuzla Zenica|Osnovna škola {}
IS|is|Guðrún Jón Þóra Björn Ásta|Jónsdóttir Ólafsson Þorsteinsdóttir|Akureyri Selfoss|Grunnskóli {}
LI|de|Maria Daniel Petra|Büchel Frick Hasler|Vaduz Schaan|Primarschule {}
ME|sr|Milica Nikola Jelena Marko|Popović Vuković Đukanović|Nikšić Bar Cetinje|Osnovna škola {}
MK|mk|Ана Марко Елена Горан|Стојановска Трајковски Николовска|Битола Охрид Скопје|ООУ {}
NO|nb|Ingrid Ola Kari Bjørn Åse|Hansen Johansen Øverland Bakken|Bergen Tromsø Bodø|Skole {}
RS|sr|Милица Никола Јелена Марко Ђорђе|Јовановић Петровић Николић Ђурић|Нови Сад Ниш Чачак|ОШ {}
TR|tr|Ayşe Mehmet Işıl İrfan Gülşah Çağrı|Yılmaz Demir Şahin Çelik Öztürk Işık|Iğdır Diyarbakır Muğla İzmir Ordu|{} Ortaokulu
AM|hy|Անի Արամ Մարիամ Տիգրան Նարե|Հարությունյան Սարգսյան Գրիգորյան|Գյումրի Երևան Վանաձոր|թիվ {} դպրոց
AZ|az|Aygün Elçin Günel Rəşad Şəbnəm|Məmmədova Əliyev Həsənova Quliyev|Gəncə Bakı Şəki|{} nömrəli məktəb
GE|ka|ნინო გიორგი მარიამ ლევან თამარ|ბერიძე კაპანაძე გელაშვილი მაისურაძე|ქუთაისი ბათუმი თელავი|{} საჯარო სკოლა
JO|ar|ليلى أحمد رانيا عمر|الخطيب حداد المصري|إربد عمّان|مدرسة {}
LB|ar,fr|مايا كريم نور جاد|خوري حداد منصور|صيدا زحلة|مدرسة {}
MD|ro|Natalia Ion Doina Vasile|Rusu Ceban Munteanu Țurcan|Bălți Cahul Soroca|Gimnaziul {}
TN|ar,fr|أمينة سامي هالة ياسين|بن علي الطرابلسي الشابي|صفاقس سوسة|مدرسة {}
UA|uk|Оксана Андрій Наталія Тарас Юлія|Шевченко Коваленко Бондаренко Ґудзь|Львів Чернівці Полтава|Школа № {}
"""

_TOPICS = (
    "water and climate",
    "our town's history",
    "stories and fairy tales",
    "robots and coding",
    "healthy food",
    "bees and gardens",
    "music across borders",
    "numbers in nature",
    "the sea and its plastic",
    "peace and democracy",
    "traditional games",
    "the night sky",
    "light and shadow",
    "local heroes",
    "recycling and design",
)
_SENTENCES = (
    "My pupils would like to work on {0} with a class in another country.",
    "We have done two projects on {0} and look for a third partner.",
    "Looking for a partner to start a project about {0} from October to March.",
    "New to eTwinning. We would begin with something small about {0}.",
    "We live in a village, the internet is slow, and the pupils love {0}.",
)
_PROJECT_STARTS = ("A year of", "Together for", "Letters about", "Young eyes on", "Our book of", "Small steps:")
_SCHOOL_TYPES = {"u6": "pre_primary", "7_11": "primary", "12_15": "lower_secondary", "16_19": "upper_secondary"}
KEPT_DAYS = 365  # a profile nobody used for a year is hidden (facts: the platform's retention)
RESOURCES = Path(__file__).resolve().parents[2] / "resources"
_SUBJECT_POOL = (
    "biology",
    "geography",
    "foreign_languages",
    "mathematics",
    "art",
    "informatics_ict",
    "history",
    "music",
    "citizenship",
    "environmental_education",
    "primary",
    "physics",
    "chemistry",
    "natural_sciences",
)


def profiles(count: int, seed: int, today: date) -> list[dict[str, Any]]:
    """``count`` invented profiles, the same for the same seed; every country has some."""
    chance, countries = random.Random(seed), [line.split("|") for line in _PEOPLE.strip().splitlines()]
    weights = [min(chance.paretovariate(1.2), 8) for _ in countries]
    chosen = countries + chance.choices(countries, weights, k=max(0, count - len(countries)))
    made = [_profile(number, parts, chance, today) for number, parts in enumerate(chosen[:count])]
    return sorted(made, key=lambda profile: (profile["last_active"], profile["id"]), reverse=True)


def _profile(number: int, parts: list[str], chance: random.Random, today: date) -> dict[str, Any]:
    country, languages, given, surnames, towns, school = parts
    band_name, band = chance.choice(list(vocabularies.get("age_bands").items.items()))
    band_types = (_SCHOOL_TYPES[band_name], "vocational" if band["min"] >= 12 else "special")
    spoken = languages.split(",") + (["en"] if chance.random() < 0.75 else [])
    spoken += [chance.choice(("fr", "de", "es"))] if chance.random() < 0.25 else []
    topics = chance.sample(_TOPICS, 2)
    about = " ".join(chance.choice(_SENTENCES).format(topic) for topic in topics)
    town = chance.choice(towns.split())
    day = today - timedelta(days=min(KEPT_DAYS - 1, int(chance.expovariate(1 / 60))))
    available = chance.random() < 0.8
    return {
        "id": f"p{number:06d}",
        "country": country,
        "name": f"{chance.choice(given.split())} {chance.choice(surnames.split())}",
        "school": school.format(chance.randint(1, 60)),
        "school_type": band_types[chance.random() < 0.15],
        "etwinning_school": chance.random() < 0.12,
        "town": town,
        "place": place_of(country, town),
        "role": chance.choices(("teacher", "head", "librarian", "psychologist"), (90, 4, 4, 2))[0],
        "languages": sorted(set(spoken)),
        "subjects": sorted(chance.sample(_SUBJECT_POOL, chance.randint(1, 3))),
        "age_from": band["min"],
        "age_to": min(19, band["max"] + chance.choice((0, 0, 0, 4))),
        "about": about,
        "projects": [_project(chance, today.year) for _ in range(chance.choices((0, 1, 2, 4), (50, 30, 15, 5))[0])],
        "active_projects": chance.choices((0, 1, 2, 5), (55, 30, 10, 5))[0],
        "available": available,
        "last_active": day.isoformat(),
        "expires": (day + timedelta(days=KEPT_DAYS)).isoformat(),
    }


def _project(chance: random.Random, year: int) -> dict[str, Any]:
    title = f"{chance.choice(_PROJECT_STARTS)} {chance.choice(_TOPICS)}"
    partners = [f"p{chance.randrange(5_000):06d}" for _ in range(chance.randint(1, 3))]
    return {"title": title, "year": year - chance.randint(0, 6), "partners": partners}


@cache
def _label_points() -> dict[str, tuple[float, float]]:
    outlines = json.loads((RESOURCES / "map" / "europe.json").read_text("utf-8"))["countries"]
    return {outline["id"]: tuple(outline["label"]) for outline in outlines if outline["id"]}


def place_of(country: str, town: str) -> str:
    """A point near the middle of the country, the same for the same town: invented schools stand nowhere exactly."""
    east, north = _label_points()[country]
    shift = hashlib.sha256(f"{country}{town}".encode()).digest()
    return f"{north + (shift[0] - 128) / 110:.1f},{east + (shift[1] - 128) / 80:.1f}"
