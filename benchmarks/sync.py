"""10,000 records up and down against a bare floor, and a sync without news: ``python -m benchmarks.sync``.

The floor is one gzip NDJSON request from Python into plain SQLite with
executemany: no encryption, no conflicts, no order, no repeat. Aims: 0.7 of
it up and 0.8 down, and at least 24,000 a second (Anki's own sync on such a machine).
"""

import gzip
import http.server
import json
import multiprocessing
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import requests

from app.rules.ids import uuid7
from benchmarks.platforms import Platform
from local_db.tables import records
from tests.inside import inside
from ui.demo.platform import TEACHERS

COUNT, ROUNDS = 10_000, 3
TEXT = "Today the pupils measured the snow on the mountain, and wrote to their partners about the sea. " * 6


def rows() -> list[tuple[str, dict[str, Any]]]:
    return [
        (str(uuid7()), {"text": TEXT[: 520 + n % 60], "author": "Ayşe Işık", "at": 1_790_000_000 + n})
        for n in range(COUNT)
    ]


class Floor(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    path_of_database = ""

    def do_POST(self) -> None:
        body = gzip.decompress(self.rfile.read(int(self.headers["Content-Length"])))
        _store(self.path_of_database, body)
        self._answer(b"")

    def do_GET(self) -> None:
        with sqlite3.connect(self.path_of_database) as db:
            lines = [f'{{"id": "{row[0]}", "fields": {row[1]}}}' for row in db.execute("select id, fields from record")]
        self._answer(gzip.compress("\n".join(lines).encode(), 3))

    def _answer(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


def _store(path: str, body: bytes) -> None:
    read = [json.loads(line) for line in body.splitlines()]
    with sqlite3.connect(path) as db:
        db.execute("pragma journal_mode = wal")
        db.execute("create table if not exists record (id text primary key, fields text not null)")
        db.executemany(
            "insert or replace into record values (?, ?)",
            [(row["id"], json.dumps(row["fields"], ensure_ascii=False)) for row in read],
        )


def serve_floor(path: str, port: Any) -> None:
    Floor.path_of_database = path
    server = http.server.HTTPServer(("127.0.0.1", 0), Floor)
    port.value = server.server_port
    server.serve_forever()


def timed(step: Callable[[], object]) -> float:
    begun = time.perf_counter()
    step()
    return time.perf_counter() - begun


class FloorRun:
    def __init__(self, folder: Path) -> None:
        self.here = str(folder / "floor-client.db")
        port = multiprocessing.Value("i", 0)
        self.process = multiprocessing.Process(
            target=serve_floor, args=(str(folder / "floor-server.db"), port), daemon=True
        )
        self.process.start()
        while not port.value:
            time.sleep(0.01)
        self.url = f"http://127.0.0.1:{port.value}/"

    def up(self, made: list[tuple[str, dict[str, Any]]]) -> None:
        body = "\n".join(json.dumps({"id": i, "fields": fields}, ensure_ascii=False) for i, fields in made)
        requests.post(self.url, gzip.compress(body.encode(), 3), timeout=60).raise_for_status()

    def down(self) -> None:
        _store(self.here, gzip.decompress(requests.get(self.url, timeout=60).content))


def one_round(folder: Path, platform: Platform) -> dict[str, float]:
    floor, made = FloorRun(folder), rows()
    first, second = (platform.computer(folder / name, TEACHERS[0]) for name in ("one", "two"))
    project = first.projects.create()
    for each in (first, second):
        each.sync_and_wait()
    with inside(first).store.transaction():
        for record_id, fields in made:
            shown = {name: fields[name] for name in ("author", "at")}
            records.change(
                inside(first).store, "journal", record_id, f"project:{project}", {"text": fields["text"]}, shown
            )
    figures = {
        "floor up": COUNT / timed(lambda: floor.up(made)),
        "floor down": COUNT / timed(floor.down),
        "up": COUNT / timed(first.sync_and_wait),
        "down": COUNT / timed(second.sync_and_wait),
    }
    assert len(second.projects.journal(project)) == COUNT
    client = inside(first).client
    client.bytes_sent = client.bytes_received = client.round_trips = 0
    figures["idle ms"] = 1_000 * timed(first.sync_and_wait)
    figures |= {"trips": client.round_trips, "sent": client.bytes_sent, "received": client.bytes_received}
    floor.process.kill()
    for each in (first, second):
        each.close()
    return figures


def main() -> None:
    with tempfile.TemporaryDirectory() as place, Platform(Path(place) / "platform") as platform:
        rounds = []
        for number in range(ROUNDS):
            (folder := Path(place) / str(number)).mkdir()
            rounds.append(one_round(folder, platform))
    median = {name: statistics.median(each[name] for each in rounds) for name in rounds[0]}
    for way, aim in (("up", 0.7), ("down", 0.8)):
        ours, floor = median[way], median[f"floor {way}"]
        print(
            f"{COUNT:,} records {way}: {ours:,.0f} a second; bare floor {floor:,.0f}; ratio {ours / floor:.2f} "
            f"(aim at least {aim}, and 24,000 a second)"
        )
    print(
        f"sync without news: {median['trips']:.0f} round trip, {median['sent']:.0f} B up and {median['received']:.0f} B down "
        f"in bodies, {median['idle ms']:.0f} ms"
    )


if __name__ == "__main__":
    main()
