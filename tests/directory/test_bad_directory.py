"""Whatever is wrong with the directory: the one bad item is put aside with a reason, the rest goes on."""

import hashlib
import http.server
import json
import math
import secrets
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import zstandard

from app.partners import Query
from local_db.errors import DiskFullError, StoreError
from server import capabilities
from server.directory.packs import PackFolder
from sync import pack_list, packs
from sync.client import ApiClient, FileVersion
from sync.errors import BadAnswerError, BadPackError, ForeignDirectoryError, OfflineError, SyncError
from sync.pack_downloads import PackDownloads
from sync.pack_list import name_of
from sync.protocol.messages import PackFile, SignedPackList
from tests.directory.test_directory import change_card, people
from tests.inside import inside
from tests.platform import AYSE, Computer, RunningPlatform


@pytest.fixture
def forger(platform: RunningPlatform, monkeypatch: pytest.MonkeyPatch) -> "Forger":
    return Forger(platform, monkeypatch)


@pytest.fixture
def computer(platform: RunningPlatform, computers) -> Computer:
    made: Computer = computers(platform, AYSE)
    made.sync()
    return made


class Forger:
    """A platform gone bad: it signs whatever it likes with its own key."""

    def __init__(self, platform: RunningPlatform, patch: pytest.MonkeyPatch) -> None:
        self._patch = patch
        self.folder = PackFolder(platform.data / "packs")
        self.values: dict[str, Any] = json.loads(self.folder.signed_list().text)
        self.values["number"] += 1

    def pack(self, country: str = "EL", part: str = "available") -> dict[str, Any]:
        return next(p for p in self.values["packs"] if (p["country"], p["part"]) == (country, part))

    def publish(self, **values: Any) -> None:
        text = json.dumps(self.values | values)
        key = self.folder._key()
        signed = SignedPackList(
            text=text, signature=key.sign(text.encode()).hex(), key=key.public_key().public_bytes_raw().hex()
        )
        self._patch.setattr(PackFolder, "signed_list", lambda _folder: signed)
        version = str(values.get("number", self.values["number"]))
        self._patch.setitem(capabilities.ALL.versions, "directory", lambda _data: version)

    def repent(self) -> None:
        """Serve what is honest again."""
        self._patch.undo()

    def put_pack(self, plain: bytes, *, lines: int | None = None, since: int = 0, country: str = "EL") -> None:
        """Another whole pack, or a delta, with exactly these bytes."""
        pack, data = self.pack(country), zstandard.ZstdCompressor().compress(plain)
        number = self.values["number"]
        path = self.folder.path(country, "available", since, number)
        path.write_bytes(data)
        count = plain.count(b"\n") if lines is None else lines
        file = PackFile(
            since=since,
            number=number,
            sha256=hashlib.sha256(data).hexdigest(),
            size=len(data),
            plain=len(plain),
            lines=count,
        )
        if since:
            pack |= {"number": number, "deltas": [file.model_dump()]}
        else:
            pack |= {"number": number, "whole": file.model_dump(), "deltas": []}


def lines(platform: RunningPlatform, country: str = "EL") -> list[dict[str, Any]]:
    folder = PackFolder(platform.data / "packs")
    pack = next(p for p in folder.list().packs if (p.country, p.part) == (country, "available"))
    data = folder.path(country, "available", 0, pack.whole.number).read_bytes()
    return [json.loads(line) for line in zstandard.ZstdDecompressor().decompressobj().decompress(data).splitlines()]


def joined(rows: list[Any]) -> bytes:
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


def requests_of(computer: Computer, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The directory's files that are asked for from now on."""
    asked: list[str] = []
    real = ApiClient.open

    def counted(self: ApiClient, method: str, path: str, *arguments: Any, **more: Any) -> Any:
        asked.append(path)
        return real(self, method, path, *arguments, **more)

    monkeypatch.setattr(ApiClient, "open", counted)
    return asked


ABSURD = [10**30, -1, 0, 1.5, math.nan, math.inf, "many", None, [], {}, 2**63, True]


@pytest.mark.parametrize("made", [-1.0, math.nan, math.inf, 10**30, "yesterday", None, [], 0, 253402300800.0, True])
def test_an_incredible_date_is_no_date(made: Any) -> None:
    listing = pack_list.read(json.dumps({"number": 7, "made": made, "packs": [_pack("TR")]}))
    assert listing.packs.made == 0.0 and listing.left_out and len(listing.packs.packs) == 1
    assert pack_list.plan(listing.packs, pack_list.Choice(), {}, set()).today == ""


@pytest.mark.parametrize("made", [1e18])
def test_a_list_of_an_incredible_date_is_read_and_nobody_expires(
    platform: RunningPlatform, forger: Forger, computer: Computer, made: Any
) -> None:
    before = people(computer)
    change_card(platform, "t-nikos", fields={"about": "We love quokkas"})
    forger.values = json.loads(forger.folder.signed_list().text)
    forger.publish(made=made)
    computer.sync()
    assert people(computer) == before and people(computer, "quokkas") == 1
    assert any("date" in reason for reason in computer.workspace.directory.refusals())
    assert computer.workspace.directory.offers()
    forger.repent()
    change_card(platform, "t-nikos", fields={"about": "Fine again"})
    computer.sync()
    assert computer.workspace.directory.refusals() == []


@pytest.mark.parametrize("number", [-1, 1.5, math.nan, math.inf, "7", None, [], 2**63, True])
def test_a_list_with_an_absurd_number_is_none(number: Any) -> None:
    with pytest.raises(ForeignDirectoryError):
        pack_list.read(json.dumps({"number": number, "made": 1.79e9, "packs": []}))


@pytest.mark.parametrize("number", [10**30])
def test_a_list_of_an_absurd_number_is_refused_once_and_the_next_one_taken(
    platform: RunningPlatform, forger: Forger, computer: Computer, monkeypatch, number: Any
) -> None:
    before = people(computer)
    forger.publish(number=number)
    directory, client = inside(computer.workspace).service.directory, inside(computer.workspace).client
    with pytest.raises(ForeignDirectoryError):
        directory.fetch_list(client, "forged")
    assert not directory.wants_list("forged") and directory.wants_list("another")
    assert people(computer) == before and len(computer.workspace.directory.refusals()) == 1
    forger.repent()
    change_card(platform, "t-nikos", fields={"about": "We love quokkas"})
    computer.sync()
    assert people(computer, "quokkas") == 1 and computer.workspace.directory.refusals() == []


@pytest.mark.parametrize("value", ABSURD, ids=repr)
@pytest.mark.parametrize("place", ["number", "profiles", "whole/size", "whole/lines", "whole/number", "whole/plain"])
def test_an_absurd_number_in_one_pack_leaves_the_others_in_the_list(place: str, value: Any) -> None:
    packs = [_pack("EL"), _pack("TR")]
    *outer, name = place.split("/")
    (packs[0][outer[0]] if outer else packs[0])[name] = value
    listing = pack_list.read(json.dumps({"number": 7, "made": 1.79e9, "packs": packs}))
    assert "TR" in [pack.country for pack in listing.packs.packs]
    assert len(listing.packs.packs) + len(listing.left_out) == 2
    assert all(reason.startswith("EL available") for reason in listing.left_out)
    for pack in listing.packs.packs:
        assert 0 < pack.number < 2**53 and 0 <= pack.profiles < 2**53 and 0 < pack.whole.size < 2**40


def _pack(country: str) -> dict[str, Any]:
    whole = {"since": 0, "number": 1, "sha256": "0" * 64, "size": 9, "plain": 9, "lines": 1}
    return {"country": country, "part": "available", "number": 1, "profiles": 1, "whole": whole, "deltas": []}


def test_one_bad_pack_of_a_signed_list_is_put_aside_and_the_others_come(
    platform: RunningPlatform, forger: Forger, computers
) -> None:
    computer: Computer = computers(platform, AYSE)
    forger.pack()["whole"]["size"] = 10**30
    others = sum(pack["profiles"] for pack in forger.values["packs"] if pack is not forger.pack())
    forger.publish()
    computer.sync()
    assert people(computer) == others
    assert [reason[:12] for reason in computer.workspace.directory.refusals()] == ["EL available"]


@pytest.mark.parametrize("packs", [[None], [[]], ["EL"], [{}], [{"country": "EL"}], [{"country": 10**30}]], ids=repr)
def test_packs_that_are_none_are_left_out(packs: list[Any]) -> None:
    listing = pack_list.read(json.dumps({"number": 7, "made": 1.79e9, "packs": [*packs, _pack("TR")]}))
    assert len(listing.packs.packs) == 1 and len(listing.left_out) == 1


@pytest.mark.parametrize("packs", [None, {}, "all", 5])
def test_a_list_without_packs_is_refused(packs: Any) -> None:
    with pytest.raises(ForeignDirectoryError):
        pack_list.read(json.dumps({"number": 7, "made": 1.79e9, "packs": packs}))


def test_a_list_that_nests_without_end_is_refused(
    platform: RunningPlatform, forger: Forger, computer: Computer
) -> None:
    text = '{"number": 99, "made": 1.0, "packs": ' + "[" * 100_000 + "]" * 100_000 + "}"
    key = forger.folder._key()
    signed = SignedPackList(
        text=text, signature=key.sign(text.encode()).hex(), key=key.public_key().public_bytes_raw().hex()
    )
    with pytest.raises(ForeignDirectoryError):
        inside(computer.workspace).service.directory._verified(signed)


BAD_FIELDS = [
    {"age_from": "12"},
    {"age_from": 10**30},
    {"age_to": -5},
    {"active_projects": "3"},
    {"available": "yes"},
    {"name": ""},
    {"name": ["x"]},
    {"languages": "en"},
    {"projects": [{"title": "x", "year": 10**9, "partners": []}]},
    {"last_active": "yesterday"},
    {"expires": 5},
    {"place": "1e400,0"},
    {"about": "x" * 5_000},
    {"id": "../../etc"},
]


@pytest.mark.parametrize("kind", ["whole", "delta"])
def test_bad_teachers_are_left_out_and_the_others_of_the_pack_are_taken(
    platform: RunningPlatform, forger: Forger, computer: Computer, kind: str
) -> None:
    rows = lines(platform)
    new = {**rows[0], "id": "new-one", "about": "We love quokkas"}
    bad = [
        {**rows[0], "id": f"bad-{n}", **fields}
        for n, fields in enumerate(BAD_FIELDS)
        if kind == "whole" or "id" not in fields
    ]
    forger.put_pack(joined([*bad, new]), since=forger.pack()["number"] if kind == "delta" else 0)
    forger.publish()
    report = computer.sync()
    named = [f"EL available, line {number}" for number in range(1, len(bad) + 1)]
    assert all(any(c.startswith(f"{name}:") for c in report.complaints) for name in named), report.complaints
    assert people(computer, "quokkas") == 1
    assert computer.sync().complaints == [] and people(computer) > 0
    for row in computer.workspace.partners.search(Query()).rows:
        assert isinstance(row.age_from, int) and isinstance(row.available, bool)


IMPOSSIBLE = [
    b"[" * 60_000 + b"]" * 4 + b"\n",
    b'{"id": "\\ud800", "gone": true}\n',
    b'{"id": ["t-nikos"], "gone": true}\n',
    b'{"id": "t-nikos", "about": "\\udfff"}\n',
    b'{"id": ' + b"9" * 5_000 + b"}\n",
    b"null\n",
    b"\xff\xfe\n",
    b'{"id": "t-nikos", "about": NaN}\n',
]


@pytest.mark.parametrize("line", IMPOSSIBLE, ids=lambda line: repr(line[:20]))
def test_an_impossible_line_of_a_delta_is_none(line: bytes) -> None:
    with pytest.raises(BadPackError):
        packs.entry_of(1, line)


def test_a_delta_with_an_impossible_line_is_put_aside_and_not_fetched_again(
    platform: RunningPlatform, forger: Forger, computer: Computer, monkeypatch
) -> None:
    before = people(computer)
    forger.put_pack(IMPOSSIBLE[0], since=forger.pack()["number"])
    forger.publish()
    report = computer.sync()
    assert [complaint for complaint in report.complaints if complaint.startswith("EL available")], report.complaints
    assert people(computer) == before
    asked = requests_of(computer, monkeypatch)
    computer.sync()
    assert not [path for path in asked if path.startswith("v1/directory")]
    assert computer.workspace.directory.refusals()


def test_a_pack_that_names_another_country_is_put_aside_and_the_others_come(
    platform: RunningPlatform, forger: Forger, computer: Computer, monkeypatch
) -> None:
    before = people(computer)
    forger.put_pack(joined([{**row, "country": "PT"} for row in lines(platform)]))
    turkish = [{**row, "about": "We love quokkas"} for row in lines(platform, "TR")]
    forger.put_pack(joined(turkish), country="TR")
    forger.publish()
    computer.sync()
    assert people(computer) == before and people(computer, "quokkas") == len(turkish)
    assert [reason[:12] for reason in computer.workspace.directory.refusals()] == ["EL available"]
    asked = requests_of(computer, monkeypatch)
    computer.sync()
    assert not [path for path in asked if path.startswith("v1/directory")]
    outcome = computer.workspace.directory.fetch(lambda _done, _total: None, threading.Event())
    assert outcome.complaints and [path for path in asked if "EL/available" in path], (
        "asked for by the teacher, it is tried"
    )


def test_whatever_goes_wrong_inside_one_pack_the_others_come(platform: RunningPlatform, computers, monkeypatch) -> None:
    computer: Computer = computers(platform, AYSE)
    real = packs.whole_pack

    def broken(pack: Any, *arguments: Any) -> Any:
        if pack.country == "EL":
            raise ZeroDivisionError("nobody thought of this")
        return real(pack, *arguments)

    monkeypatch.setattr(packs, "whole_pack", broken)
    computer.sync()
    assert 0 < people(computer) < 60
    refused = computer.workspace.directory.refusals()
    assert refused and all("ZeroDivisionError" in reason and reason.startswith("EL") for reason in refused)


# -- downloads --------------------------------------------------------------------------------


def test_a_damaged_download_is_let_go_of_and_fetched_whole(platform: RunningPlatform, computers, monkeypatch) -> None:
    computer: Computer = computers(platform, AYSE)
    directory, client = inside(computer.workspace).service.directory, inside(computer.workspace).client
    listing = directory.fetch_list(client)
    db, pack = inside(computer.workspace).directory_db, listing.packs[0]
    name = name_of(pack, pack.whole)
    db.sql("insert into download values (?, '', 0, ?)", (name, secrets.token_bytes(100)))
    other = listing.packs[1]
    name_of_other = name_of(other, other.whole)
    db.sql("insert into download values (?, '', 50, ?)", (name_of_other, b"a piece without what goes before"))
    third = listing.packs[2]
    db.sql("insert into download values (?, '', 0, ?)", (name_of(third, third.whole), bytes(third.whole.size + 9)))
    db.sql("insert into download values ('XX-old', '', 0, ?)", (b"of a pack that no list names",))
    outcome = directory.update(client, directory.plan(listing), lambda _d, _t: None, threading.Event())
    assert outcome.complaints == [] and people(computer) == 60
    assert db.sql("select count(*) from download") == [(0,)]


def test_a_full_disk_while_a_download_is_assembled_is_told_and_goes_on_later(
    platform: RunningPlatform, computers, monkeypatch
) -> None:
    computer: Computer = computers(platform, AYSE)
    directory, client = inside(computer.workspace).service.directory, inside(computer.workspace).client
    listing, db = directory.fetch_list(client), inside(computer.workspace).directory_db
    pages = db.sql("pragma page_count")[0][0]
    db.sql(f"pragma max_page_count = {pages + 2}")
    with pytest.raises(DiskFullError):
        directory.update(client, directory.plan(listing), lambda _d, _t: None, threading.Event())
    db.sql("pragma max_page_count = 1000000")
    directory.update(client, directory.plan(listing), lambda _d, _t: None, threading.Event())
    assert people(computer) == 60 and directory.refusals() == []


class Resuming(http.server.BaseHTTPRequestHandler):
    """A server of one file, which answers a Range as ``mood`` says."""

    file, tag, mood = b"", '"one"', "honest"
    ranges: list[str] = []

    def do_GET(self) -> None:
        wanted, condition = self.headers.get("Range"), self.headers.get("If-Range")
        type(self).ranges.append(f"{wanted} {condition}")
        start = int(wanted.split("=")[1].rstrip("-")) if wanted else 0
        honest = bool(wanted) and condition in (None, self.tag)
        part = honest or (bool(wanted) and self.mood == "wrong part")
        if part and self.mood == "wrong part":
            start = max(0, start - 7)
        body = self.file[start:] if part else self.file
        self.send_response(206 if part else 200)
        if part:
            self.send_header("Content-Range", f"bytes {start}-{len(self.file) - 1}/{len(self.file)}")
        self.send_header("ETag", self.tag)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def resuming() -> Iterator[tuple[type[Resuming], ApiClient]]:
    kind = type("Own", (Resuming,), {"file": secrets.token_bytes(5_000), "ranges": []})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), kind) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        client = ApiClient(f"http://127.0.0.1:{server.server_address[1]}", lambda: "kept", lambda _token: None)
        client._access = "token"
        yield kind, client
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("mood", ["honest", "changed meanwhile", "wrong part"])
def test_a_cut_file_goes_on_only_where_it_is_the_same_file(
    platform: RunningPlatform, computers, resuming, mood: str
) -> None:
    kind, client = resuming
    computer: Computer = computers(platform, AYSE)
    downloads, nobody = PackDownloads(inside(computer.workspace).directory_db), threading.Event()
    data = kind.file
    file = PackFile(since=0, number=1, sha256=hashlib.sha256(data).hexdigest(), size=len(data), plain=0, lines=0)
    half = data[:2_000] if mood != "changed meanwhile" else secrets.token_bytes(2_000)
    tag = '"one"' if mood != "changed meanwhile" else '"older"'
    inside(computer.workspace).directory_db.sql("insert into download values ('x', ?, 0, ?)", (tag, half))
    kind.mood = mood
    assert downloads.fetch(client, "f", "x", file, lambda _bytes: None, nobody) == data
    first, *more = kind.ranges
    assert first == f"bytes=2000- {tag}"
    assert more == (["None None"] if mood == "wrong part" else []), "a wrong part is not believed, the file comes whole"


def test_a_part_of_another_version_is_not_believed() -> None:
    with pytest.raises(BadAnswerError):
        FileVersion('"one"').is_another('"two"', resumed=True)
    anew = FileVersion('"one"')
    assert anew.is_another('"two"', resumed=False) and anew.changed and anew.tag == '"two"'
    same = FileVersion('"one"')
    assert not same.is_another('"one"', resumed=True) and same.tag == '"one"'
    weak = FileVersion("")
    assert not weak.is_another('W/"one"', resumed=False) and weak.tag == ""


# -- the file -----------------------------------------------------------------------------------


def damage(computer: Computer) -> None:
    """Overwrite the directory's pages while the program runs."""
    db = inside(computer.workspace).directory_db
    db.checkpoint()
    size = db.path.stat().st_size
    with db.path.open("r+b") as out:
        out.seek(4_096)
        out.write(secrets.token_bytes(size - 4_096))
    db.close()


def test_damage_seen_by_a_search_begins_anew_and_the_teachers_come_again(
    platform: RunningPlatform, computer: Computer
) -> None:
    computer.workspace.keeping.star("t-nikos", True)
    damage(computer)
    assert computer.workspace.partners.search(Query()).total == 0
    computer.sync()
    assert people(computer) == 60
    assert computer.workspace.partners.search(Query(only="starred")).total == 1, "what is the teacher's own stays"


def test_damage_seen_by_a_sync_begins_anew_and_the_teachers_come_again(
    platform: RunningPlatform, computer: Computer
) -> None:
    damage(computer)
    change_card(platform, "t-nikos", fields={"about": "We love quokkas"})
    for _turn in range(2):
        computer.sync()
    assert people(computer) == 60 and people(computer, "quokkas") == 1


def test_damage_seen_in_two_threads_begins_anew_once(computer: Computer, platform: RunningPlatform) -> None:
    damage(computer)
    totals: list[int] = []

    def work() -> None:
        totals.append(computer.workspace.partners.search(Query()).total)
        computer.workspace.close_thread()

    threads = [threading.Thread(target=work) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert totals == [0, 0, 0, 0]
    computer.sync()
    assert people(computer) == 60


def test_damage_in_the_middle_of_an_update_loses_nothing_but_the_copy(
    platform: RunningPlatform, computers, monkeypatch
) -> None:
    computer: Computer = computers(platform, AYSE)
    directory, client = inside(computer.workspace).service.directory, inside(computer.workspace).client
    listing = directory.fetch_list(client)
    told: list[int] = []

    def damage_at_half(done: int, total: int) -> None:
        told.append(done)
        if done > total / 2 and len([d for d in told if d > total / 2]) == 1:
            damage(computer)

    outcome = directory.update(client, directory.plan(listing), damage_at_half, threading.Event())
    computer.sync()
    computer.sync()
    assert people(computer) == 60, outcome.complaints


def test_an_older_file_of_the_directory_begins_anew(computer: Computer) -> None:
    computer.workspace.keeping.star("t-nikos", True)
    inside(computer.workspace).directory_db.sql("pragma user_version = 1")
    computer.restart()
    assert people(computer) == 0 and not computer.workspace.directory_was_damaged
    computer.sync()
    assert people(computer) == 60
    assert computer.workspace.partners.search(Query(only="starred")).total == 1


@pytest.mark.parametrize("error", [KeyError("x"), OfflineError("x"), MemoryError()])
def test_nothing_else_than_named_errors_leaves_an_update(
    platform: RunningPlatform, computers, monkeypatch, error: Exception
) -> None:
    computer: Computer = computers(platform, AYSE)
    directory, client = inside(computer.workspace).service.directory, inside(computer.workspace).client
    plan = directory.plan(directory.fetch_list(client))

    def broken(*_: Any) -> Any:
        raise error

    for name in ("remove_expired", "next_row", "write_pack"):
        with monkeypatch.context() as patch:
            patch.setattr(f"local_db.directory.index.{name}", broken)
            try:
                directory.update(client, plan, lambda _d, _t: None, threading.Event())
            except (SyncError, StoreError):
                pass
    computer.sync()
    directory.update(client, directory.plan(directory.known_list(), again=True), lambda _d, _t: None, threading.Event())
    assert people(computer) == 60
