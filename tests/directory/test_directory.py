"""The directory: every kind of query against a slow plain reference, packs and deltas, and everything bad that can come."""

import json
import os
import secrets
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import zstandard
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pyroaring import BitMap

from app.partners import Query
from app.rules import matching
from app.rules.directory import matches, parse_words, tags_of, terms_of, texts_of
from app.rules.geography import distance_km, point_of
from local_db.directory import index, sets
from local_db.directory.database import DirectoryDatabase
from local_db.directory.search import Directory, Ranking, Search
from server.core.database import DirectoryEntry
from server.directory import publishing
from server.directory.packs import PackFolder
from sync.errors import ForeignDirectoryError, OfflineError, StoppedError
from sync.protocol.messages import PackList, SignedPackList
from tests.inside import inside
from tests.platform import AYSE, Computer, RunningPlatform
from tests.window import teacher

WORDS = [
    "water",
    "wat",
    "watér",
    "IŞIK",
    "ışık",
    "Straße",
    "strasse",
    "Łódź",
    "θάλασσα",
    "Χανιά",
    "chania",
    "море",
    "the",
    "sea",
    "e\u0301cole",
    "école",
    "ნინო",
    "nino",
    "a",
    "ab",
    "abc",
    "abcd",
    "abcde",
    "abcdef",
    "-",
    '"',
    "1️⃣",
    "水",
]
TEXT = st.lists(st.sampled_from(WORDS), max_size=6).map(" ".join)
PROFILE = st.fixed_dictionaries(
    {
        "country": st.sampled_from(["TR", "EL", "PL"]),
        "name": TEXT.map(lambda t: t or "X"),
        "school": TEXT,
        "town": TEXT,
        "about": TEXT,
        "languages": st.lists(st.sampled_from(["en", "tr", "el"]), unique=True, max_size=3),
        "subjects": st.lists(st.sampled_from(["art", "music", "biology"]), unique=True, max_size=3),
        "age_from": st.integers(3, 19),
        "age_to": st.integers(3, 19),
        "available": st.booleans(),
        "etwinning_school": st.booleans(),
        "active_projects": st.integers(0, 4),
        "last_active": st.dates(date(2026, 8, 1), date(2026, 11, 24)).map(str),
        "place": st.sampled_from(["", "39.9,32.8", "38.0,23.7", "52.2,21.0", "-0.1,0.1"]),
        "projects": st.lists(TEXT.map(lambda t: {"title": t, "year": 2025, "partners": []}), max_size=2),
    }
)
TYPED = st.lists(
    st.one_of(
        st.sampled_from(WORDS),
        st.sampled_from(WORDS).map(lambda w: f"-{w}"),
        st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(lambda ws: '"' + " ".join(ws) + '"'),
    ),
    max_size=3,
).map(" ".join)
TAGS = st.frozensets(
    st.sampled_from(
        ["c:TR", "c:EL", "l:en", "l:tr", "s:art", "s:music", "a:7_11", "a:12_15", "v:yes", "e:yes", "w:free", "w:busy"]
    ),
    max_size=4,
)
HOME = (39.9, 32.8)


def entry(number: int, values: dict[str, Any]) -> dict[str, Any]:
    return teacher(number, **{**values, "id": f"t{number:03d}"})


def with_lines(rows: list[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], bytes]]:
    return ((row, json.dumps(row).encode()) for row in rows)


def fill(db: DirectoryDatabase, rows: list[dict[str, Any]]) -> None:
    clean(db)
    for country in {row["country"] for row in rows}:
        for part in ("available", "other"):
            own = [r for r in rows if r["country"] == country and r["available"] == (part == "available")]
            index.replace_pack(db, country, part, 1, "0" * 64, with_lines(own))


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DirectoryDatabase]:
    database = DirectoryDatabase(tmp_path_factory.mktemp("directory"), secrets.token_bytes(32))
    yield database
    database.close()


def clean(db: DirectoryDatabase) -> None:
    for country, part in db.sql("select country, part from pack"):
        index.forget_pack(db, country, part)  # what a failed example left behind goes as well
    for table in ("teacher", "posting", "common", "pair", "facet", "pack"):
        assert db.sql(f"select count(*) from {table}") == [(0,)], f"traces are left in {table}"


def agree(
    db: DirectoryDatabase, rows: list[dict[str, Any]], typed: str, tags: frozenset[str], since: str, within: int
) -> None:
    """The index and the reference find the same, count the same, and show it in an order that holds."""
    directory, words = Directory(db), parse_words(typed)
    near = {r["id"] for r in rows if (p := point_of(r["place"])) and distance_km(HOME, p) <= within}
    expected = {r["id"] for r in rows if matches(r, words, tags, since) and (not within or r["id"] in near)}
    search = Search(words, tags, since, within, HOME)
    found = directory.search(search)
    shown = directory.page(found, 0, 1_000)
    assert {row["id"] for row in shown} == expected and found.total == len(expected)
    by_distance = directory.page(directory.search(search, Ranking("distance", HOME)), 0, 1_000)
    assert sorted(row["id"] for row in by_distance) == sorted(expected), (
        "whose place is not known comes last, not never"
    )
    away = [distance_km(HOME, p) if (p := point_of(row["place"])) else 99_999 for row in by_distance]
    assert all(one <= other + 50 for one, other in zip(away, away[1:], strict=False))
    days = [row["last_active"] for row in shown]
    assert days == sorted(days, reverse=True)
    assert [r["id"] for n in range(0, len(shown), 3) for r in directory.page(found, n, 3)] == [r["id"] for r in shown]
    for tag in sorted(tags | {"c:PL", "s:biology", "l:el"}):
        kind = tag[0]
        others = frozenset(other for other in tags if other[0] != kind)
        count = sum(matches(r, words, others | {tag}, since) and (not within or r["id"] in near) for r in rows)
        assert found.facets.get(tag, 0) == count, tag


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(PROFILE, min_size=1, max_size=12), typed=TYPED, tags=TAGS, data=st.data())
def test_the_index_finds_what_the_plain_reference_finds(empty: DirectoryDatabase, rows, typed, tags, data) -> None:
    entries = [entry(number, values) for number, values in enumerate(rows)]
    fill(empty, entries)
    since = data.draw(st.sampled_from(["", "2026-09-15", "2026-11-24"]))
    within = data.draw(st.sampled_from([0, 50, 1000, 2000]))
    agree(empty, entries, typed, tags, since, within)
    # then a delta: some change in any way, some leave
    changed = [
        entry(number, values)
        for number, values in enumerate(data.draw(st.lists(PROFILE, max_size=4)), start=data.draw(st.integers(0, 10)))
    ]
    leaving = [e for e in entries if e["id"] not in {c["id"] for c in changed}][: data.draw(st.integers(0, 3))]
    for country in {e["country"] for e in changed + leaving}:
        for part in ("available", "other"):
            if not empty.sql("select 1 from pack where country = ? and part = ?", (country, part)):
                index.replace_pack(empty, country, part, 1, "0" * 64, [])
            own = [c for c in changed if c["country"] == country and c["available"] == (part == "available")]
            gone = [e["id"] for e in leaving if e["country"] == country and e["available"] == (part == "available")]
            index.apply_delta(empty, country, part, 2, "0" * 64, own, gone)
    left = {e["id"]: e for e in entries if e not in leaving} | {c["id"]: c for c in changed}
    agree(empty, list(left.values()), typed, tags, since, within)
    clean(empty)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(PROFILE, min_size=1, max_size=14),
    turn=st.integers(0, 60),
    weights=st.fixed_dictionaries({name: st.integers(0, 3) for name in matching.WEIGHTS}),
)
def test_the_best_fit_comes_first_and_countries_take_turns(empty: DirectoryDatabase, rows, turn, weights) -> None:
    entries = [entry(number, values) for number, values in enumerate(rows)]
    fill(empty, entries)
    draft = {"languages": ["en"], "subjects": ["art", "music"], "age_from": 12, "age_to": 15}
    found = tuple(matching.criteria(matching.wish_of(draft, ["TR"], date(2026, 11, 24)), weights))
    directory = Directory(empty)
    shown = directory.page(directory.search(Search(), Ranking("fit", None, found, turn)), 0, 100)
    assert sorted(row["id"] for row in shown) == sorted(e["id"] for e in entries)
    points = [matching.explain(row, found)[0] for row in shown]
    assert points == sorted(points, reverse=True) and all(p <= matching.best(found) for p in points)
    for level in set(points):
        countries = [row["country"] for row, own in zip(shown, points, strict=True) if own == level]
        first = countries[: len(set(countries))]
        assert len(set(first)) == len(first), "each country of a level has its first before any has its second"
    clean(empty)


@given(st.integers(0, 2**32 - 1))
def test_a_set_of_one_is_written_as_the_library_writes_it(row: int) -> None:
    assert sets.written_alone(row) == BitMap([row]).serialize()


@given(PROFILE)
def test_the_words_a_teacher_is_found_by_are_those_of_the_texts(values: dict[str, Any]) -> None:
    profile = entry(1, values)
    assert terms_of(profile) == {word for words in texts_of(profile) for word in words}


@pytest.mark.parametrize(
    "typed, expected",
    [
        ("chania", ["a"]),
        ("hania", ["a"]),
        ("χανια", ["a"]),
        ("papadop", ["a"]),
        ("yuliya", ["b"]),
        ("shevchenko", ["b"]),
        ("giorgi", ["c"]),
        ("beridze", ["c"]),
        ("hakobyan", ["d"]),
        ("isik", ["e"]),
        ("IŞIK", ["e"]),
        ('"green sea"', ["e"]),
        ('"sea green"', []),
        ("green -sea", []),
        ("lodz", ["b"]),
    ],
)
def test_names_are_found_in_their_own_letters_and_in_latin_ones(empty: DirectoryDatabase, typed, expected) -> None:
    people = {
        "a": {"name": "Μαρία Παπαδοπούλου", "town": "Χανιά"},
        "b": {"name": "Юлія Шевченко", "town": "Łódź"},
        "c": {"name": "გიორგი ბერიძე"},
        "d": {"name": "Արամ Հակոբյան"},
        "e": {"name": "Ayşe Işık", "about": "The green sea."},
    }
    fill(empty, [teacher(0, **values) | {"id": key} for key, values in people.items()])
    directory = Directory(empty)
    assert [row["id"] for row in directory.page(directory.search(Search(parse_words(typed))), 0)] == expected
    clean(empty)


@given(st.text(), st.text())
@example("“", '-"')
def test_any_line_can_be_typed(typed: str, about: str) -> None:
    assert isinstance(matches(teacher(1, about=about), parse_words(typed), []), bool)


def test_expired_profiles_leave_without_traces(empty: DirectoryDatabase) -> None:
    fill(empty, [teacher(1, expires="2026-11-23", about="Only mine zyzzyva"), teacher(2, expires="2026-11-24")])
    assert index.remove_expired(empty, "2026-11-24") == 1
    assert empty.sql("select count(*) from posting where term like 'zyzz%'") == [(0,)]
    assert Directory(empty).search(Search()).total == 1
    clean(empty)


# -- packs over the wire ------------------------------------------------------------------


@pytest.fixture
def computer(platform: RunningPlatform, computers) -> Computer:
    made: Computer = computers(platform, AYSE)
    made.sync()
    return made


def people(computer: Computer, words: str = "") -> int:
    return computer.workspace.partners.search(Query(words)).total


def change_card(platform: RunningPlatform, card_id: str, **values: Any) -> None:
    db = platform.database
    row = db.one(DirectoryEntry.select().where(DirectoryEntry.id == card_id))
    fields = {**json.loads(row["fields"]), **values.pop("fields", {})}
    db.run(DirectoryEntry.update(fields=json.dumps(fields), dirty=True, **values).where(DirectoryEntry.id == card_id))
    publishing.publish(db, PackFolder(platform.data / "packs"), datetime.now(UTC).date())


def test_a_delta_brings_what_changed_and_takes_what_was_withdrawn(
    platform: RunningPlatform, computer: Computer
) -> None:
    whole = people(computer)
    inside(computer.workspace).client.bytes_received = 0
    change_card(platform, "t-nikos", fields={"about": "We love quokkas", "available": False})  # moves to the other pack
    computer.sync()
    assert people(computer, "quokka") == 1 and people(computer) == whole
    assert not computer.workspace.partners.get("t-nikos").available
    change_card(platform, "t-nikos", keepable=False)
    computer.sync()
    assert people(computer) == whole - 1 and people(computer, "quokka") == 0
    change_card(platform, "t-nikos", keepable=True, expires=(date.today() - timedelta(days=1)).isoformat())
    computer.sync()
    assert people(computer) == whole - 1


def test_what_a_teacher_writes_of_themselves_reaches_the_directory(
    platform: RunningPlatform, computer: Computer
) -> None:
    computer.workspace.account.change_profile(about="Snow crystals under the microscope", available=True)
    computer.sync()
    publishing.publish(platform.database, PackFolder(platform.data / "packs"), datetime.now(UTC).date())
    computer.sync()
    assert people(computer, "microscope") == 1
    computer.workspace.account.change_profile(keepable=False)
    computer.sync()
    publishing.publish(platform.database, PackFolder(platform.data / "packs"), datetime.now(UTC).date())
    computer.sync()
    assert people(computer, "microscope") == 0


def test_expiry_goes_by_the_platforms_date_not_by_this_computers_clock(computer: Computer) -> None:
    directory, client = inside(computer.workspace).service.directory, inside(computer.workspace).client
    listing = directory.known_list()
    assert (
        listing is not None
        and directory.plan(listing).today == datetime.fromtimestamp(listing.made, UTC).date().isoformat()
    )
    later = listing.model_copy(update={"made": listing.made + 800 * 24 * 3600})
    outcome = directory.update(client, directory.plan(later), lambda _d, _t: None, threading.Event())
    assert outcome.expired == 60 and people(computer) == 0


def test_many_deltas_or_one_pack_end_alike(platform: RunningPlatform, computers) -> None:
    early: Computer = computers(platform, AYSE)
    early.sync()
    for number in range(40):  # more than are kept: whole packs are written in between
        change_card(platform, "t-nikos", fields={"about": f"Version {number} of quokkas"})
        if number % 7 == 0:
            early.sync()
    late: Computer = computers(platform, AYSE)
    for one in (early, late):
        one.sync()
        assert people(one, "version 39") == 1 and people(one, "quokkas") == 1
    assert early.workspace.partners.search(Query()).facets == late.workspace.partners.search(Query()).facets


@pytest.fixture(params=["here", "apart"])
def helper(request, monkeypatch) -> str:
    """Packs prepared in this process, and in the second one that large directories get."""
    if request.param == "apart":
        monkeypatch.setattr("sync.directory.WORTH_A_HELPER", 0)
    return request.param


def test_both_ways_of_preparing_end_alike(platform: RunningPlatform, computers, monkeypatch) -> None:
    here: Computer = computers(platform, AYSE)
    here.sync()
    monkeypatch.setattr("sync.directory.WORTH_A_HELPER", 0)
    apart: Computer = computers(platform, AYSE)
    apart.sync()
    one, other = (c.workspace.partners.search(Query()) for c in (here, apart))
    assert one.facets == other.facets and one.total == other.total == 60
    assert {row.id for row in one.rows} == {row.id for row in other.rows}


def test_a_helper_that_dies_is_done_without(platform: RunningPlatform, computers, monkeypatch) -> None:
    monkeypatch.setattr("sync.directory.WORTH_A_HELPER", 0)
    monkeypatch.setattr("sync.pack_helper._serve", _die)
    computer: Computer = computers(platform, AYSE)
    assert computer.sync().complaints == [] and people(computer) == 60


def _die(_tasks: Any, _results: Any) -> None:
    os._exit(1)


@pytest.mark.parametrize("damage", ["flipped", "cut", "swapped", "bomb", "not zstd", "too many lines", "wrong country"])
def test_a_bad_pack_is_refused_with_a_reason_and_the_old_one_stays(
    helper, platform: RunningPlatform, computer: Computer, damage: str
) -> None:
    before = people(computer)
    folder = PackFolder(platform.data / "packs")
    pack = next(p for p in folder.list().packs if p.country == "EL" and p.part == "available")
    path = folder.path("EL", "available", 0, pack.number)
    good, honest = path.read_bytes(), damage in ("flipped", "cut", "swapped")
    line = zstandard.ZstdDecompressor().decompressobj().decompress(good)
    bad = {
        "flipped": good[:40] + bytes([good[40] ^ 1]) + good[41:],
        "cut": good[:-9],
        "swapped": folder.path("TR", "available", 0, pack.number).read_bytes(),
        "bomb": zstandard.ZstdCompressor().compress(b"0" * 50_000_000),
        "not zstd": b"PK\x03\x04" + bytes(500),
        "too many lines": zstandard.ZstdCompressor().compress(line * 3),
        "wrong country": zstandard.ZstdCompressor().compress(line.replace(b'"EL"', b'"PT"')),
    }[damage]
    number = folder.list().number + 1
    target = folder.path("EL", "available", 0, number)
    target.write_bytes(bad)
    whole = pack.whole.model_copy(update={"number": number})
    if not honest:  # a platform gone bad signs what it serves
        import hashlib

        whole = whole.model_copy(update={"sha256": hashlib.sha256(bad).hexdigest(), "size": len(bad)})
    changed = pack.model_copy(update={"number": number, "whole": whole, "deltas": []})
    others = [p for p in folder.list().packs if p != pack]
    folder.publish([changed, *others], number)
    report = computer.sync()
    assert any(complaint.startswith("EL available:") for complaint in report.complaints), report.complaints
    directory = inside(computer.workspace).service.directory
    assert directory.refusals() and not computer.sync().complaints, "it is not fetched again at every sync"
    assert directory.plan(directory.known_list(), again=True).steps, "but when the teacher asks"
    assert people(computer) == before
    assert inside(computer.workspace).directory_db.sql("select count(*) from download") == [(0,)]


def test_a_bad_line_is_named_and_the_good_ones_are_taken(platform: RunningPlatform, computer: Computer) -> None:
    change_card(platform, "t-nikos", fields={"age_from": "twelve", "about": "Lost"})
    report = computer.sync()
    assert any("EL available, line 1: age_from" in complaint for complaint in report.complaints)
    change_card(platform, "t-nikos", fields={"age_from": 12, "about": "Found again"})
    assert not computer.sync().complaints and people(computer, "again") >= 1
    assert inside(computer.workspace).service.directory.refusals() == []


def test_a_foreign_or_an_old_list_is_refused(platform: RunningPlatform, computer: Computer) -> None:
    directory, client = inside(computer.workspace).service.directory, inside(computer.workspace).client
    signed = client.packs()
    change_card(platform, "t-nikos", fields={"about": "Newer"})
    computer.sync()
    with pytest.raises(ForeignDirectoryError, match="older"):
        directory._verified(signed)
    newer = PackList.model_validate_json(signed.text).model_copy(update={"number": 99}).model_dump_json()
    key = Ed25519PrivateKey.generate()
    foreign = SignedPackList(
        text=newer, signature=key.sign(newer.encode()).hex(), key=key.public_key().public_bytes_raw().hex()
    )
    with pytest.raises(ForeignDirectoryError, match="another key"):
        directory._verified(foreign)
    with pytest.raises(ForeignDirectoryError, match="not good"):
        directory._verified(signed.model_copy(update={"text": newer}))


def test_a_cut_download_goes_on_and_a_stopped_one_too(
    helper, platform: RunningPlatform, computers, monkeypatch
) -> None:
    computer: Computer = computers(platform, AYSE)
    directory, client = inside(computer.workspace).service.directory, inside(computer.workspace).client
    listing = directory.fetch_list(client)
    real, starts = client.download, []

    def short(path: str, start: int = 0, version: Any = None) -> Iterator[bytes]:
        starts.append((path, start))
        for data in real(path, start, version):
            yield data[:700]
            raise OfflineError("cut")

    monkeypatch.setattr(client, "download", short)
    with pytest.raises(OfflineError):
        directory.update(client, directory.plan(listing), lambda _d, _t: None, threading.Event())
    monkeypatch.undo()
    stopped = threading.Event()
    told: list[int] = []

    def stop_at_half(done: int, total: int) -> None:
        told.append(done)
        if done > total / 2:
            stopped.set()

    with pytest.raises(StoppedError):
        directory.update(client, directory.plan(listing), stop_at_half, stopped)
    assert told[0] > 700 or directory.plan(listing).size  # what had come before the cut was not fetched again
    before = directory.plan(listing)
    directory.update(client, before, lambda _d, _t: None, threading.Event())
    assert directory.plan(listing).steps == () and people(computer) == 60


def test_a_kill_while_taking_in_a_pack_leaves_the_old_directory(tmp_path: Path) -> None:
    key = secrets.token_bytes(32)
    database = DirectoryDatabase(tmp_path, key)
    index.replace_pack(
        database, "TR", "available", 1, "0" * 64, with_lines([teacher(n, country="TR") for n in range(50)])
    )
    database.close()
    script = (
        "import sys, json, os\nfrom pathlib import Path\nfrom local_db.directory.database import DirectoryDatabase\n"
        "from local_db.directory import index\nfrom tests.window import teacher\n"
        "db = DirectoryDatabase(Path(sys.argv[1]), bytes.fromhex(sys.argv[2]))\n"
        "def lines():\n"
        "    for n in range(9000):\n"
        "        t = teacher(n + 1000, country='TR', about='new people')\n"
        "        yield t, json.dumps(t).encode()\n"
        "def tick(rows):\n"
        "    if rows > int(sys.argv[3]): os.kill(os.getpid(), 9)\n"
        "index.replace_pack(db, 'TR', 'available', 2, '0' * 64, lines(), tick)\n"
    )
    for rows in (0, 4_000, 8_000):
        done = subprocess.run(
            [sys.executable, "-c", script, str(tmp_path), key.hex(), str(rows)],
            cwd=Path(__file__).parents[2],
            env={**os.environ},
            capture_output=True,
        )
        assert done.returncode == -9, done.stderr
        database = DirectoryDatabase(tmp_path, key)
        directory = Directory(database)
        assert directory.search(Search()).total == 50 and directory.search(Search(parse_words("new"))).total == 0
        assert database.sql("select number from pack") == [(1,)]
        database.close()


def test_a_damaged_directory_starts_empty_and_says_so(tmp_path: Path) -> None:
    key = secrets.token_bytes(32)
    database = DirectoryDatabase(tmp_path, key)
    fill(database, [teacher(1)])
    database.checkpoint()
    database.close()
    path = tmp_path / "directory.db"
    path.write_bytes(secrets.token_bytes(path.stat().st_size))
    again = DirectoryDatabase(tmp_path, key)
    assert again.was_damaged and Directory(again).search(Search()).total == 0
    again.close()


def test_the_directory_on_disk_tells_nothing(computer: Computer) -> None:
    computer.workspace.close()
    held = b"".join(path.read_bytes() for path in computer.profile.rglob("directory.db*"))
    assert len(held) > 50_000
    for word in ("Δημητρίου", "Ağrı", "teacher", "biology"):
        assert word.encode() not in held


def test_tags_and_criteria_speak_of_the_same_facets() -> None:
    draft = {"languages": ["en"], "subjects": ["biology"], "age_from": 12, "age_to": 15}
    found = matching.criteria(matching.wish_of(draft, ["TR"], date(2026, 11, 2)), matching.WEIGHTS)
    points, reasons = matching.explain(teacher(1), found)
    assert points == matching.best(found) - matching.WEIGHTS["subject"]  # one subject cannot be several
    assert "new_country" in reasons and "v:yes" in tags_of(teacher(1))
