"""Every code from below has a sentence of its own, in every language: a new one without fails here."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.safety import BusyError, CopyOffer, Lacking, StoreError
from i18n import available, use_language
from local_db import errors as store_errors
from local_db.errors import FileDamagedError
from sync import errors as sync_errors
from sync.codes import _OF_THE_STORE
from sync.status import StageTrouble, Status
from ui import leaving_words, words
from ui.sentences import NOT_OPENED, NOT_SAVED, NOT_TAKEN, REFUSALS, TROUBLES
from ui.start.damage import offer_text

ROOT = Path(__file__).resolve().parents[2]
REFUSERS = {"Refused": 0, "ProblemError": 1}  # the code's place among the arguments
OF_TRANSFERS = {"damaged", "copy_damaged", "unexpected", "bad_answer", "gone", "refused", "no_permission"}


@pytest.fixture(params=available())
def spoken(request: pytest.FixtureRequest) -> Iterator[str]:
    yield use_language(request.param)
    use_language("en")


def sent_by_the_platform() -> set[str]:
    """The literal codes in the platform's source."""
    calls = (
        node
        for path in (ROOT / "server").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in REFUSERS
    )
    codes = (call.args[REFUSERS[call.func.id]] for call in calls)  # type: ignore[attr-defined]
    return {code.value for code in codes if isinstance(code, ast.Constant)}


def told_in_the_protocol() -> set[str]:
    """The codes in the first column of the two tables of the protocol."""
    text = (ROOT / "docs" / "protocol.md").read_text("utf-8")
    tables = text[text.index("| code | meaning |") : text.index("A client waits as asked")]
    return {code for line in tables.splitlines() if line.startswith("| ") for code in codes_in(line)}


def codes_in(line: str) -> list[str]:
    return re.findall(r"`([a-z_]+)`", line.split("|")[1])


def kinds(base: type[Exception]) -> list[type[Exception]]:
    return [base, *(one for kind in base.__subclasses__() for one in kinds(kind))]


def test_the_codes_are_seen() -> None:
    assert {"gap", "document_full", "quota_bytes", "too_slow", "declined"} <= told_in_the_protocol()
    assert {"quota_bytes", "exists", "no_room", "teachers_only"} <= sent_by_the_platform()
    assert codes_in("| 403 `not_yours`, `quota_bytes` | not `this` |") == ["not_yours", "quota_bytes"]


def test_every_refusal_has_a_sentence(spoken: str) -> None:
    codes = sent_by_the_platform() | told_in_the_protocol() | OF_TRANSFERS
    assert codes - set(REFUSALS) == set()
    english = {words.refusal("of a newer platform")}
    assert english.isdisjoint({words.refusal(code) for code in codes})


def test_every_trouble_of_a_sync_has_a_sentence_of_its_own(spoken: str) -> None:
    codes = {kind.code for kind in kinds(sync_errors.SyncError)} | set(_OF_THE_STORE.values()) | {"store"}
    assert codes - set(TROUBLES) == set()
    assert len({words.trouble(code) for code in codes}) == len(codes)
    assert words.trouble("of a newer version") == words.trouble("trouble")


def test_every_error_of_the_store_is_said_at_the_start_or_while_working(spoken: str) -> None:
    names = {kind.__name__ for kind in kinds(store_errors.StoreError)}
    assert names - set(NOT_OPENED) - set(NOT_SAVED) == set()
    for table in (NOT_OPENED, NOT_SAVED, NOT_TAKEN):
        assert len(set(table.values())) == len(table)
    assert words.not_opened(BusyError("x")) != words.not_opened(StoreError("x")) != words.not_saved(StoreError("x"))


def test_another_language_says_it_otherwise(spoken: str) -> None:
    if spoken == "en":
        return
    tables = (
        REFUSALS,
        TROUBLES,
        NOT_SAVED,
        NOT_OPENED,
        NOT_TAKEN,
        words.TAKE_IN,
        leaving_words.CANNOT_LEAVE,
        leaving_words.WITHOUT,
    )
    from i18n import _

    assert [text for table in tables for text in table.values() if _(text) == text] == []


def test_an_unknown_kind_of_error_is_said_as_its_base() -> None:
    class Newer(FileDamagedError):
        pass

    assert words.not_saved(Newer("x")) == NOT_SAVED["FileDamagedError"]
    assert words.not_opened(Newer("x")) == NOT_OPENED["StoreError"]
    assert words.not_taken("exists") == NOT_TAKEN["exists"] and words.not_taken("quota") == REFUSALS["quota"]


def test_parts_of_a_sync_that_failed_and_a_wait_are_told() -> None:
    assert words.unfinished(Status()) == []
    status = Status(
        code="busy", troubles=(StageTrouble("files", "disk_full"), StageTrouble("of_later", "dns")), wait_until=0.0
    )
    busy, files, later, wait = words.unfinished(status)
    assert busy == TROUBLES["busy"] and files == f"Files: {TROUBLES['disk_full']}" and later.startswith("of_later: ")
    assert wait.startswith("The platform asks to wait until ") and "1970" not in wait


@pytest.mark.parametrize(
    "lacks, said",
    [
        (None, "could not be compared"),
        (Lacking(), "Nothing is missing in it."),
        (Lacking(waiting=1, works=2), "It lacks: 1 change that was not sent; 2 pupils' works."),
        (Lacking(edits=3), "3 changes in texts. What was sent before comes again"),
        (Lacking(complete=False), "There may be more"),
    ],
)
def test_what_a_copy_lacks_is_said(lacks: Lacking | None, said: str) -> None:
    text = offer_text(CopyOffer(Path("copy.db"), 0.0, lacks))
    assert text.startswith("The best copy is of ") and said in text
