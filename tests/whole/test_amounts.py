"""The benchmark of large amounts measures what it says, on a small profile."""

from benchmarks.amounts import measure, report
from benchmarks.school import TOY


def test_every_page_every_stall_and_the_memory_are_measured() -> None:
    full, empty = measure(TOY)
    pages = {name.removeprefix("first ") for name in full if name.startswith("first ")} - {"diary"}
    assert {"today", "projects", "partners", "pupil_work", "sync_centre", "bin"} <= pages
    assert {f"again {page}" for page in pages} <= set(full) & set(empty)
    stalls = {"stall typing", "stall paste", "stall intake", "stall sync (sync_centre)"}
    assert stalls | {"class of the most works", "another class", "first diary", "again diary"} <= set(full)
    assert all(figure > 0 for figure in full.values()) and full["MB"] > 20 < empty["MB"]


def test_what_misses_its_aim_is_told() -> None:
    full = {"first today": 100.0, "again today": 101.0, "stall typing": 51.0, "MB": 261.0, "sync s": 1.0}
    empty = {"first today": 5.0, "again today": 5.0, "MB": 200.0}
    missed = [line.split(":")[0] for line in report(full, empty, 1) if "MISSES" in line]
    assert missed == ["again today", "stall typing", "memory"]
    assert not [line for line in report(full, empty, 10) if "MISSES" in line]
