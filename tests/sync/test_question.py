"""What waits goes out as the text it is kept as, and says the same as if it had been read and written anew."""

import json

import pytest

from server.core import feed
from sync.protocol.messages import Command, ExchangeRequest, Record, RecordChange
from sync.question import Question, WaitingRecord

TEXTS = ("plain", 'a "quoted" \\ word\n', "Ayşe\u2028 👩🏽‍🏫 \x01", "NaN and Infinity")


@pytest.mark.parametrize("text", TEXTS)
def test_a_waiting_record_says_what_its_change_says(text: str) -> None:
    fields = {"text": text, "pupils": 3, "languages": ["tr"], "ready": True, "none": None}
    waiting = WaitingRecord("c1", "project:p", "journal", "r1", 7, json.dumps(fields, ensure_ascii=False))
    told = ExchangeRequest.model_validate_json(
        Question(
            ExchangeRequest(device="d", turn=1), [waiting, Command(id="c2", name="close_project", args={})]
        ).as_json()
    )
    change = RecordChange(id="c1", scope="project:p", kind="journal", record_id="r1", base_revision=7, fields=fields)
    assert told.changes[0] == change and told.changes[1].id == "c2" and waiting.fields == fields
    assert (told.device, told.turn) == ("d", 1)


@pytest.mark.parametrize("text", TEXTS)
def test_a_stored_record_is_told_as_it_is(text: str) -> None:
    told = feed._record("journal", "r1", 3, json.dumps({"text": text, "at": 5}, ensure_ascii=False))
    assert Record.model_validate_json(told) == Record(
        kind="journal", id="r1", revision=3, fields={"text": text, "at": 5}
    )


def test_a_number_that_is_none_spoils_no_answer() -> None:
    told = feed._record("journal", "r1", 3, '{"at": -Infinity, "text": "x"}')
    assert Record.model_validate_json(told).fields == {"at": None, "text": "x"}
