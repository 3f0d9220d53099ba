"""A file that something else holds for a moment: tried again, then named, and nothing half is left."""

from collections.abc import Callable
from pathlib import Path

import pytest

from local_db import disk
from local_db.errors import BusyError


def held(number: int) -> OSError:
    error = PermissionError(13, "held")
    error.winerror = number  # type: ignore[attr-defined]
    return error


@pytest.fixture
def scanner(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[int]]:
    """Holds every file for the next so many steps, as Windows tells it."""

    def begin(number: int, steps: int) -> list[int]:
        tries: list[int] = []

        def holding(real: Callable[..., object]) -> Callable[..., object]:
            def step(*arguments: object, **named: object) -> object:
                if ".part" in str(arguments[0]) or "old" in str(arguments[0]):
                    tries.append(number)
                    if len(tries) <= steps:
                        raise held(number)
                return real(*arguments, **named)

            return step

        monkeypatch.setattr(Path, "replace", holding(Path.replace))
        monkeypatch.setattr(Path, "unlink", holding(Path.unlink))
        return tries

    return begin


@pytest.mark.parametrize("number", [5, 32, 33])
def test_a_file_held_for_a_moment_gets_its_name_and_goes(
    tmp_path: Path, scanner: Callable[..., list[int]], number: int
) -> None:
    tries = scanner(number, 2)
    disk.write_whole(tmp_path / "new", [b"words"])
    assert (tmp_path / "new").read_bytes() == b"words" and len(tries) == 3
    (tmp_path / "old").write_bytes(b"")
    tries.clear()
    disk.remove(tmp_path / "old")
    assert not (tmp_path / "old").exists() and len(tries) == 3


def test_a_file_that_stays_held_is_named_and_the_next_attempt_works(
    tmp_path: Path, scanner: Callable[..., list[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disk, "PATIENCE", 0.0)
    (tmp_path / "table.csv").write_bytes(b"before")
    tries = scanner(32, 1)
    with pytest.raises(BusyError):
        disk.write_out(tmp_path / "table.csv", [b"after"])
    assert [path.name for path in tmp_path.iterdir()] == ["table.csv"]
    assert (tmp_path / "table.csv").read_bytes() == b"before"
    disk.write_out(tmp_path / "table.csv", [b"after"])
    assert (tmp_path / "table.csv").read_bytes() == b"after" and tries


def test_another_refusal_is_told_at_once(tmp_path: Path, scanner: Callable[..., list[int]]) -> None:
    tries = scanner(19, 1)
    with pytest.raises(PermissionError):
        disk.write_whole(tmp_path / "new", [b"words"])
    assert len(tries) <= 2
