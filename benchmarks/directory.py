"""The directory with 1.2 million teachers: ``python -m benchmarks.directory [count]``, about eight minutes.

Everything is made by a seeded generator, packed as the platform packs it, taken in as the program takes it in, and
searched as the window searches, in one run. Beside it stand a bare executemany with an FTS5 rebuild, the bare FTS5 row-id
query for the same words, plain SQL, and tantivy, over the same teachers.
"""

import json
import os
import random
import secrets
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import tantivy
from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtTest import QTest

from app.rules import matching
from app.rules.directory import PARTS, Words, parse_words, words_of
from app.workspace import Workspace, open_workspace
from benchmarks import big_directory as made
from benchmarks.start import TWINDESK, measure
from local_db.directory.search import Directory, Ranking, Search
from server.directory.packs import PackFolder, changed_fields
from sync.directory import Choice
from sync.packs import lines_of
from sync.protocol.messages import Pack, PackList
from tests.inside import inside
from ui.partners.page import PartnersPage
from ui.start.program import application, show_window

COUNT, QUERIES, SEED = 1_200_000, 600, 2026
HOME = (39.9, 32.8)


class FileClient:
    """What the program's client does for a pack, from a folder instead of the network."""

    def __init__(self, folder: PackFolder) -> None:
        self._folder = folder

    def packs(self) -> Any:
        return self._folder.signed_list()

    def download(self, path: str, start: int = 0, _version: object = None) -> Iterator[bytes]:
        country, part, since, number = path.removeprefix("v1/directory/").split("/")
        data = self._folder.path(country, part, int(since), int(number)).read_bytes()[start:]
        for at in range(0, len(data), 64 * 1024):
            yield data[at : at + 64 * 1024]


def say(text: str) -> None:
    print(text, flush=True)


def p95(values: list[float]) -> float:
    return sorted(values)[int(len(values) * 0.95)]


# -- packs and deltas -----------------------------------------------------------------------


def make_packs(folder: PackFolder, count: int) -> PackList:
    shared, packs = made.common_words(), []
    for country, size in made.sizes(count).items():
        teachers = sorted(
            made.Country(country, size, SEED, shared).teachers(), key=lambda t: t["last_active"], reverse=True
        )
        for part in PARTS:
            own = [t for t in teachers if t["available"] == (part == "available")]
            if own:
                whole = folder.write_whole(country, part, 1, own)
                packs.append(Pack(country=country, part=part, number=1, profiles=len(own), whole=whole))  # type: ignore[arg-type]
    return folder.publish(packs, 1)


def make_delta(folder: PackFolder, listing: PackList) -> tuple[PackList, int, int]:
    """A day's changes: 0.2 % of the teachers, most of them only active again, some with other words, some new."""
    chance, shared, packs, size, changes = random.Random(SEED), made.common_words(), [], 0, 0
    for pack in listing.packs:
        lines = (
            json.loads(line) for line in lines_of(pack.whole, folder.path(pack.country, pack.part, 0, 1).read_bytes())
        )
        changed = []
        for teacher in lines:
            if chance.random() >= 0.002:
                continue
            today = made.TODAY + timedelta(days=1)
            after = {**teacher, "last_active": today.isoformat(), "expires": (today + timedelta(days=365)).isoformat()}
            kind = chance.random()
            if kind > 0.7:
                after["about"] = " ".join(shared.draw(chance, 22))
            if kind > 0.9:
                after["id"] = f"new{len(changed)}{pack.country}{pack.part}"
            changed.append(changed_fields(teacher if kind <= 0.9 else {}, after))
        if not changed:
            packs.append(pack)
            continue
        delta = folder.write_delta(pack.country, pack.part, 1, 2, changed, [])
        size, changes = size + delta.size, changes + len(changed)
        packs.append(pack.model_copy(update={"number": 2, "deltas": [delta]}))
    return folder.publish(packs, 2), size, changes


# -- taking in ----------------------------------------------------------------------------


class Heartbeat:
    """The longest time for which the Qt thread answered to nothing."""

    def __init__(self) -> None:
        self.gaps: list[float] = []
        self._last = time.perf_counter()
        self._timer = QTimer()
        self._timer.timeout.connect(self._beat)
        self._timer.start(2)

    def _beat(self) -> None:
        now = time.perf_counter()
        self.gaps.append(now - self._last)
        self._last = now

    def stop(self) -> float:
        self._timer.stop()
        return max(self.gaps)


def take_in(workspace: Workspace, folder: PackFolder) -> tuple[float, Heartbeat]:
    """Import everything in a worker thread while the window lives; seconds."""
    sync, client = inside(workspace).service.directory, FileClient(folder)
    listing = sync.fetch_list(client)  # type: ignore[arg-type]
    sync.choose(Choice(frozenset(pack.country for pack in listing.packs), False))
    loop, heart, seconds = QEventLoop(), Heartbeat(), [0.0]

    def work() -> None:
        begun = time.perf_counter()
        outcome = sync.update(client, sync.plan(listing), lambda _d, _t: None, threading.Event())  # type: ignore[arg-type]
        seconds[0] = time.perf_counter() - begun
        assert not outcome.complaints, outcome.complaints
        workspace.close_thread()

    thread = threading.Thread(target=work)
    thread.start()
    watch = QTimer()
    watch.timeout.connect(lambda: None if thread.is_alive() else loop.quit())
    watch.start(20)
    loop.exec()
    return seconds[0], heart


def bare_import(path: Path, folder: PackFolder, listing: PackList) -> float:
    """executemany into plain SQLite, then one FTS5 rebuild over the same texts; seconds."""
    begun = time.perf_counter()
    db = sqlite3.connect(path)
    db.executescript(
        "pragma journal_mode = wal; create table profile (row integer primary key, id text unique, country text, name text, "
        "school text, town text, about text, titles text, available integer, last_active text, body text);"
    )
    for pack in listing.packs:
        lines = lines_of(pack.whole, folder.path(pack.country, pack.part, 0, 1).read_bytes())
        with db:
            db.executemany(
                "insert into profile (id, country, name, school, town, about, titles, available, last_active, body) "
                "values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (_columns(line) for line in lines),
            )
    _full_text(db, "plain_words", "")
    seconds = time.perf_counter() - begun
    db.execute("drop table plain_words")
    _full_text(db, "words", ", prefix='1 2 3 4'")  # for the searches: beginnings are indexed there too
    db.execute("create index active on profile (last_active)")
    db.close()
    return seconds


def _full_text(db: sqlite3.Connection, name: str, options: str) -> None:
    with db:
        db.execute(
            f"create virtual table {name} using fts5 (name, school, town, about, titles, content='profile', "
            f"content_rowid='row', tokenize=\"unicode61 remove_diacritics 2\"{options})"
        )
        db.execute(f"insert into {name} ({name}) values ('rebuild')")


def _columns(line: bytes) -> tuple[Any, ...]:
    t = json.loads(line)
    titles = " ".join(project["title"] for project in t["projects"])
    return (
        t["id"],
        t["country"],
        t["name"],
        t["school"],
        t["town"],
        t["about"],
        titles,
        t["available"],
        t["last_active"],
        line,
    )


def build_tantivy(path: Path, folder: PackFolder, listing: PackList) -> tuple[Any, float]:
    begun = time.perf_counter()
    schema = tantivy.SchemaBuilder()
    schema.add_text_field("words", tokenizer_name="whitespace")
    schema.add_text_field("tags", tokenizer_name="raw")
    schema.add_integer_field("day", fast=True, stored=True)
    index = tantivy.Index(schema.build(), str(path))
    writer = index.writer(200_000_000, 1)
    for pack in listing.packs:
        for line in lines_of(pack.whole, folder.path(pack.country, pack.part, 0, 1).read_bytes()):
            t = json.loads(line)
            text = " ".join((t["name"], t["school"], t["town"], t["about"], *(p["title"] for p in t["projects"])))
            tags = [f"c:{t['country']}", *(f"l:{x}" for x in t["languages"]), *(f"s:{x}" for x in t["subjects"])]
            day = int(t["last_active"].replace("-", ""))
            writer.add_document(tantivy.Document(words=[" ".join(words_of(text))], tags=tags, day=[day]))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    return index, time.perf_counter() - begun


# -- searching ------------------------------------------------------------------------------


class Queries:
    """What teachers type and tick, by chance: whole words, beginnings, phrases, minus words, any facets, any order."""

    def __init__(self, seed: int) -> None:
        self._chance, self._shared = random.Random(seed), made.common_words()
        draft = {"languages": ["en"], "subjects": ["biology", "art"], "age_from": 12, "age_to": 15}
        self._criteria = tuple(matching.criteria(matching.wish_of(draft, ["TR"], made.TODAY), matching.WEIGHTS))

    def words(self) -> str:
        chance, kind = self._chance, self._chance.random()
        if kind < 0.72:
            words = self._shared.draw(chance, chance.choice((1, 1, 2, 2, 3)))
            if chance.random() < 0.5:
                words[-1] = words[-1][: chance.randint(1, len(words[-1]))]
            return " ".join(words)
        if kind < 0.76:
            return '"' + " ".join(self._shared.draw(chance, 2)) + '"'
        if kind < 0.8:
            return f"{self._shared.draw(chance, 1)[0]} -{self._shared.draw(chance, 1)[0]}"
        return ""

    def tags(self) -> frozenset[str]:
        chance = self._chance
        one = (
            lambda: f"c:{chance.choice(made.COUNTRIES)}",
            lambda: "l:en",
            lambda: f"l:{chance.choice(list(made.LANGUAGE.values()))}",
            lambda: f"s:{chance.choice(made.SUBJECTS)}",
            lambda: "a:12_15",
            lambda: "v:yes",
            lambda: "w:free",
        )
        return frozenset(chance.choice(one)() for _ in range(chance.choice((0, 0, 1, 2, 3))))

    def search(self, typed: str) -> tuple[Search, Ranking]:
        chance = self._chance
        since = "2026-09-01" if chance.random() < 0.2 else ""
        search = Search(parse_words(typed), self.tags(), since, 200 if chance.random() < 0.1 else 0, HOME)
        by = chance.choice(("activity", "activity", "distance", "fit"))
        return search, Ranking(by, HOME, self._criteria if by == "fit" else (), 3)


def timed(step: Callable[[], object]) -> float:
    """Milliseconds."""
    begun = time.perf_counter()
    step()
    return (time.perf_counter() - begun) * 1_000


def measure_searches(directory: Directory, bare: sqlite3.Connection, index: Any) -> None:
    queries = Queries(5)
    directory.search(Search())
    ours, floor, kinds = [], [], {"words": [], "phrases": [], "facets alone": []}  # type: ignore[var-annotated]
    for _number in range(QUERIES):
        typed = queries.words()
        search, ranking = queries.search(typed)
        took = timed(lambda s=search, r=ranking: directory.page(directory.search(s, r), 0))  # type: ignore[misc]
        ours.append(took)
        kinds["phrases" if '"' in typed else "words" if typed else "facets alone"].append(took)
        if typed:
            floor.append(
                timed(
                    lambda t=typed: bare.execute("select rowid from words where words match ?", (_fts(t),)).fetchall()
                )
            )  # type: ignore[misc]
    ticked = [Search(Words(), queries.tags()) for _ in range(200)]
    facets = [timed(lambda s=search: directory.search(s)) for search in ticked]  # type: ignore[misc]
    text = kinds["words"] + kinds["phrases"]
    say(
        f"search, page and all counts: p50 {statistics.median(ours):.1f} ms, p95 {p95(ours):.1f} ms (aim 30), slowest {max(ours):.0f} ms; "
        f"words alone p95 {p95(kinds['words']):.1f} ms, phrases p95 {p95(kinds['phrases']):.0f} ms"
    )
    say(f"facets alone: p95 {p95(facets):.1f} ms (aim 10)")
    say(
        f"bare FTS5 row ids for the same words: p95 {p95(floor):.1f} ms; ratio at p95 {p95(text) / p95(floor):.2f} (aim at most 2)"
    )
    asked = [Queries(number) for number in range(40)]
    plain = [timed(lambda q=one: plain_sql(bare, q)) for one in asked]  # type: ignore[misc]
    say(f"plain SQL (FTS5 joined with columns, first 50 and count, no facet counts): p95 {p95(plain):.0f} ms")
    searcher = index.searcher()
    whole = [
        " ".join(q.split()[:2]) for n in range(300) if (q := Queries(n).words()) and '"' not in q and "-" not in q
    ][:120]
    other = [timed(lambda t=t: searcher.search(_tantivy(index, t), 50, True, "day")) for t in whole]  # type: ignore[misc]
    same = [timed(lambda t=t: directory.page(directory.search(_exact(t)), 0)) for t in whole]  # type: ignore[misc]
    say(
        f"tantivy, whole words, first 50 by day and count, no facet counts: p95 {p95(other):.1f} ms; the same words here with all counts: "
        f"p95 {p95(same):.1f} ms"
    )


def _fts(typed: str) -> str:
    """The same words for FTS5."""
    words = parse_words(typed)
    parts = [f'"{word}" *' for word in words.prefixes] + ['"' + " ".join(phrase) + '"' for phrase in words.phrases]
    return " AND ".join(parts) + "".join(f' NOT "{word}"' for word in words.without)


def _tantivy(index: Any, typed: str) -> Any:
    return index.parse_query(" AND ".join(f'words:"{word}"' for word in words_of(typed)), ["words"])


def _exact(typed: str) -> Search:
    return Search(Words((), tuple((word,) for word in words_of(typed))))


def plain_sql(bare: sqlite3.Connection, queries: Queries) -> None:
    typed = queries.words()
    country = next((tag[2:] for tag in queries.tags() if tag[0] == "c"), "TR")
    where, values = "country = ?", [country]
    if typed:
        where, values = f"{where} and row in (select rowid from words where words match ?)", [country, _fts(typed)]
    bare.execute(f"select body from profile where {where} order by last_active desc limit 50", values).fetchall()
    bare.execute(f"select count(*) from profile where {where}", values).fetchall()


def measure_window(workspace: Workspace) -> None:
    """From a key press to painted rows, in the real page."""
    window = show_window(workspace)
    window.resize(1366, 768)
    page: PartnersPage = window.page("partners")
    _until(lambda: page._model.rowCount() > 0)
    found, took = made.common_words(), []
    for word in found.draw(random.Random(8), 25):
        page.line.clear()
        _until(lambda: page._shown is not None and page._shown.query.words == "")
        for letter in word:
            begun = time.perf_counter()
            QTest.keyClicks(page.line, letter)
            wanted = page.line.text()
            _until(lambda w=wanted: page._shown is not None and page._shown.query.words == w)  # type: ignore[misc]
            page.list.viewport().repaint()
            took.append((time.perf_counter() - begun) * 1_000)  # noqa: PERF401 - each is a moment of its own
    page.line.clear()
    _until(lambda: page._shown is not None and page._shown.query.words == "")
    bar = page.list.verticalScrollBar()
    places = random.Random(3).choices(range(bar.maximum()), k=60)
    scrolls = [timed(lambda p=place: (bar.setValue(p), page.list.viewport().repaint())) for place in places]  # type: ignore[misc]
    say(
        f"key press to painted rows: p50 {statistics.median(took):.0f} ms, p95 {p95(took):.0f} ms (aim 50); "
        f"jumping through {page._model.rowCount():,} rows: p95 {p95(scrolls):.0f} ms a jump"
    )
    window.close()


def _until(holds: Callable[[], bool]) -> None:
    loop = QEventLoop()
    while not holds():
        loop.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 5)


MEMORY = """
import sys
from pathlib import Path
from local_db.directory.database import DirectoryDatabase
from local_db.directory.search import Directory, Search, Ranking
from app.rules.directory import parse_words
from app.rules import matching
from benchmarks.directory import Queries
def memory(): return int(open('/proc/self/statm').read().split()[1]) * 4096 / 1e6
before = memory()
directory = Directory(DirectoryDatabase(Path(sys.argv[1]), bytes.fromhex(sys.argv[2])))
queries = Queries(9)
for number in range(200):
    search, ranking = queries.search(queries.words())
    directory.page(directory.search(search, ranking), 0)
print(memory() - before)
"""


def main(count: int = COUNT) -> None:
    application()
    with tempfile.TemporaryDirectory(prefix="twindesk-benchmark-") as place:
        root, key = Path(place), secrets.token_bytes(32)
        folder = PackFolder(root / "packs")
        listing = make_packs(folder, count)
        size = sum(pack.whole.size for pack in listing.packs)
        say(f"{count:,} teachers in {len(listing.packs)} packs: {size / 1e6:.0f} MB over the wire (aim at most 180)")
        empty = _start(root / "empty", key)
        workspace = open_workspace(root / "profile", key=key, server="http://127.0.0.1:9")
        workspace.online = False
        seconds, heart = take_in(workspace, folder)
        bare = bare_import(root / "bare.db", folder, listing)
        stall = heart.stop()
        say(
            f"import: {count / seconds:,.0f} teachers a second; bare executemany and FTS5 rebuild {count / bare:,.0f}; "
            f"ratio {bare / seconds:.2f} (aim at least 0.50)"
        )
        late = sorted(heart.gaps[:-1])
        say(
            f"longest stall of the Qt thread while importing: {1_000 * max(late):.0f} ms (aim 50), 99.9th of 100 beats "
            f"{1_000 * late[int(len(late) * 0.999)]:.0f} ms"
        )
        assert stall
        on_disk = sum(path.stat().st_size for path in (root / "profile").glob("directory.db*"))
        say(f"on disk: {on_disk / 1e6:.0f} MB (aim at most 1,100)")
        index, built = build_tantivy(_made(root / "tantivy"), folder, listing)
        say(f"(tantivy, one thread, words and three facets: {count / built:,.0f} teachers a second)")
        measure_searches(Directory(inside(workspace).directory_db), sqlite3.connect(root / "bare.db"), index)
        measure_window(workspace)
        newer, delta, changes = make_delta(folder, listing)
        took = timed(lambda: _update(workspace, folder, newer)) / 1_000
        say(
            f"a day's delta of {changes:,} teachers: {delta / 1e6:.2f} MB (aim at most 0.6 for 0.2 %), taken in within {took:.1f} s"
        )
        workspace.prefer("page", "today")  # the start is measured on the same page with and without the directory
        workspace.close()
        more = float(_python(MEMORY, str(root / "profile"), key.hex()))
        say(f"memory for searching: {more:.0f} MB more (aim at most 150)")
        full = _start(root / "profile", key)
        say(f"start of the program: {1_000 * (full - empty):+.0f} ms with the directory (aim at most 50)")


def _made(path: Path) -> Path:
    path.mkdir()
    return path


def _update(workspace: Workspace, folder: PackFolder, listing: PackList) -> None:
    sync, client = inside(workspace).service.directory, FileClient(folder)
    fresh = sync.fetch_list(client)  # type: ignore[arg-type]
    assert fresh == listing
    outcome = sync.update(client, sync.plan(fresh), lambda _d, _t: None, threading.Event())  # type: ignore[arg-type]
    assert not outcome.complaints and not sync.plan(fresh).steps


def _start(profile: Path, key: bytes) -> float:
    measure(TWINDESK, str(profile), key.hex())
    return statistics.median(measure(TWINDESK, str(profile), key.hex())[0] for _ in range(7))


def _python(code: str, *words: str) -> str:
    root = Path(__file__).resolve().parents[1]
    return subprocess.run(
        [sys.executable, "-c", code, *words], cwd=root, capture_output=True, text=True, check=True
    ).stdout


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else COUNT)
