"""Devices have turns, records have keys to be looked up by, quotas are counted, deleted things are kept for a while."""

import json
import time

from server.core.migrations import Execute

TITLE = "devices, keys, quotas, bins"
_TEXT, _NUMBER, _TIME = "text not null", "bigint not null", "double precision not null"
_KEYS = {"post": ("author_id", "expires"), "post_answer": ("post_id",), "material": ("sha256",)}  # as they were then


def statements(is_sqlite: bool) -> list[str]:
    """The SQL of this step."""
    return [
        f"create table device (account_id {_TEXT}, id {_TEXT}, turn {_NUMBER}, nonce {_TEXT}, before {_TEXT}, "
        f"seen {_TIME}, primary key (account_id, id))",
        f"create table record_key (kind {_TEXT}, field {_TEXT}, value {_TEXT}, record_id {_TEXT}, "
        "primary key (kind, field, value, record_id))",
        "create index record_key_kind_record_id on record_key (kind, record_id)",
        f"create table buried (kind {_TEXT}, id {_TEXT}, parent_id {_TEXT}, fields {_TEXT}, at {_TIME}, "
        "primary key (kind, id))",
        "create index buried_kind_parent_id on buried (kind, parent_id)",
        "create index buried_at on buried (at)",
        f"create table usage (who {_TEXT}, what {_TEXT}, day {_TEXT}, amount {_NUMBER}, primary key (who, what, day))",
        f"create table sent_message (id {_TEXT} primary key, from_id {_TEXT}, to_id {_TEXT}, at {_TIME}, text {_TEXT}, "
        "stranger boolean not null)",
        "create index sent_message_from_id_at on sent_message (from_id, at)",
        "create index sent_message_from_id_to_id on sent_message (from_id, to_id)",
        f"alter table record add column changed_at {_TIME} default 0",
        f"alter table member add column joined_seq {_NUMBER} default 0",
        f"alter table project add column deleted_at {_TIME} default 0",
    ]


def convert(execute: Execute) -> None:
    """Keys of the records that are there, and the messages that the limits look at."""
    execute("update record set changed_at = ?", time.time())
    for kind, names in _KEYS.items():
        for record_id, text in execute("select id, fields from record where kind = ?", kind):
            fields = json.loads(text)
            for name in names:
                if fields.get(name) and not fields.get("deleted"):
                    execute("insert into record_key values (?, ?, ?, ?)", kind, name, str(fields[name]), record_id)
    for record_id, scope, text in execute("select id, scope, fields from record where kind = ?", "message"):
        fields = json.loads(text)
        if scope == f"account:{fields.get('from_id')}":
            values = (record_id.split("--")[0], fields["from_id"], fields["to_id"], fields["at"], fields["text"], False)
            execute("insert into sent_message values (?, ?, ?, ?, ?, ?)", *values)
