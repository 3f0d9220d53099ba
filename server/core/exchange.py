"""The exchange: a client's changes in, everything since its cursors out, in one transaction."""

import json
import time
from typing import Any

from fastapi import APIRouter, Request, Response

from app.rules import projects as rules
from server.accounts.sign_in import Db, SignedIn
from server.core.database import Database, Document, Edit, Member, Record, Scope
from server.core.json_body import FastJsonRoute
from server.core.refusals import Refused
from server.directory import cards
from server.directory import routes as directory
from server.outreach import commands as outreach
from server.projects import commands as projects
from server.pupil_work import files
from sync.protocol import messages
from sync.protocol.document_kinds import PROJECT_DRAFT
from sync.protocol.documents import DocumentError, merged
from sync.protocol.messages import (
    PAGE_ITEMS,
    DocumentChange,
    ExchangeAnswer,
    ExchangeRequest,
    RecordChange,
    Result,
    ScopeChanges,
)

router = APIRouter(route_class=FastJsonRoute)
CLIENT_KINDS = ("profile", "journal")  # records that people write; all others are the server's own


@router.post("/v1/exchange", response_model=ExchangeAnswer, response_model_exclude_defaults=True)
def exchange(http: Request, request: ExchangeRequest, account: SignedIn, db: Db) -> Response:
    """Apply each change once, in order, then answer with what is new in every scope of the account."""
    with db.transaction():
        results = apply_changes(db, account, request)
        _update_card(db, account, request, {result.id for result in results if result.status == "applied"})
        allowed = scopes_of(db, account["id"])
        news, room = {}, PAGE_ITEMS
        for scope in sorted(allowed):
            found = changes_since(db, scope, request.cursors.get(scope, 0), request.device, room)
            if found:
                news[scope] = found
                room = max(1, room - len(found.records) - len(found.edits))
    if any(isinstance(change, messages.Command) and change.name == "withdraw_material" for change in request.changes):
        files.erase_withdrawn(db, http.app.state.data)
    gone = sorted(set(request.cursors) - allowed)
    answer = ExchangeAnswer.model_construct(
        results=results,
        scopes=news,
        gone=gone,
        directory=directory.version(http),
        vocabularies=directory.vocabulary_version(),
    )
    return Response(answer.model_dump_json(exclude_defaults=True), media_type="application/json")


def _update_card(db: Database, account: dict[str, Any], request: ExchangeRequest, applied: set[str]) -> None:
    """What a teacher changed of their profile also goes into their entry of the directory."""
    for change in request.changes:
        own = isinstance(change, RecordChange) and change.kind == "profile" and change.record_id == account["id"]
        if own and change.id in applied:
            cards.own_changes(db, account, dict(change.fields))  # type: ignore[union-attr]


def scopes_of(db: Database, account_id: str) -> set[str]:
    """What an account may read: its own scope and its projects'."""
    rows = db.all(Member.select(Member.project_id).where(Member.account_id == account_id, Member.state != "gone"))
    return {f"account:{account_id}", outreach.COMMUNITY} | {f"project:{row['project_id']}" for row in rows}


def may_write(db: Database, account: dict[str, Any], scope: str) -> bool:
    kind, _, name = scope.partition(":")
    return name == account["id"] if kind == "account" else projects.actor(db, name, account["id"]) is not None


def changes_since(db: Database, scope: str, cursor: int, device: str, room: int) -> ScopeChanges | None:
    """The records and edits of a scope after a cursor, at most ``room``; None when there is nothing."""
    row = db.one(Scope.select().where(Scope.name == scope))
    if row is None or (row["seq"] == cursor and not cursor < row["oldest"]):
        return None
    reset = cursor > row["seq"] or 0 < cursor < row["oldest"]
    since = 0 if reset else cursor
    newer = Record.select().where(Record.scope == scope, Record.seq > since)
    if since:  # a device knows what it wrote itself
        newer = newer.where(Record.device != device)
    records = db.all(newer.order_by(Record.seq).limit(room + 1))
    edits = db.all(Edit.select().where(Edit.scope == scope, Edit.seq > since).order_by(Edit.seq).limit(room + 1))
    end, more = row["seq"], False
    if len(records) + len(edits) > room:
        numbers = sorted(item["seq"] for item in records + edits)
        end, more = numbers[room - 1], True
    # `reset` re-reads everything, so what this device sent itself must come back as well
    return ScopeChanges(
        seq=end,
        reset=reset,
        more=more,
        records=[
            messages.Record(kind=r["kind"], id=r["id"], revision=r["revision"], fields=json.loads(r["fields"]))
            for r in records
            if r["seq"] <= end
        ],
        edits=[_edit(e, device if since else "") for e in edits if e["seq"] <= end],
    )


def _edit(row: dict[str, Any], device: str) -> messages.Edit:
    data = b"" if row["device"] == device else bytes(row["data"])
    values = {name: row[name] for name in ("id", "document_id", "kind", "seq", "author_id", "author", "at")}
    return messages.Edit.model_construct(**values, data=data)


def apply_changes(db: Database, account: dict[str, Any], request: ExchangeRequest) -> list[Result]:
    """Apply changes in order; runs of record changes in one scope are written together."""
    known = _known(db, account["id"], [change.id for change in request.changes])
    results: dict[str, Result] = {}
    run: list[RecordChange] = []
    seen = set(known)
    for change in request.changes:
        if change.id in seen:
            continue
        seen.add(change.id)
        if isinstance(change, RecordChange):
            if run and (run[-1].scope != change.scope):
                _apply_records(db, account, request.device, run, results)
                run = []
            run.append(change)
            continue
        _apply_records(db, account, request.device, run, results)
        run = []
        results[change.id] = _apply_one(db, account, request.device, change)
    _apply_records(db, account, request.device, run, results)
    db.many(
        "insert into applied (account_id, id, status, revision, code, replaced) values (?, ?, ?, ?, ?, ?)",
        [
            (
                account["id"],
                r.id,
                r.status,
                r.revision,
                r.code,
                json.dumps(r.replaced, ensure_ascii=False) if r.replaced else "{}",
            )
            for r in results.values()
        ],
    )
    repeated = {name: _again(row) for name, row in known.items()}
    return list({**repeated, **results}.values())


def _again(row: dict[str, Any]) -> Result:
    """The answer that a change got the first time."""
    status = "refused" if row["status"] == "refused" else "repeated"
    return Result.model_validate({**row, "status": status, "replaced": json.loads(row["replaced"])})


def _known(db: Database, account_id: str, ids: list[str]) -> dict[str, dict[str, Any]]:
    select = "select id, status, revision, code, replaced from applied where account_id = ? and id"
    names = ("id", "status", "revision", "code", "replaced")
    return {row[0]: dict(zip(names, row, strict=True)) for row in db.rows_in(select, ids, account_id)}


def _apply_one(db: Database, account: dict[str, Any], device: str, change: messages.Change) -> Result:
    try:
        with db.db.atomic():
            if isinstance(change, DocumentChange):
                _apply_edit(db, account, device, change)
            elif isinstance(change, messages.Command):
                projects.run(db, account, change.name, dict(change.args))
    except Refused as refused:
        return Result(id=change.id, status="refused", code=refused.code)
    return Result(id=change.id, status="applied")


def _apply_edit(db: Database, account: dict[str, Any], device: str, change: DocumentChange) -> None:
    project_id = change.scope.removeprefix("project:")
    role = projects.actor(db, project_id, account["id"])
    if role is None or change.document_id != project_id or change.kind != PROJECT_DRAFT.name:
        raise Refused("not_yours")
    if not rules.may_edit_draft(projects.locked_project(db, project_id)["state"], role):
        raise Refused("not_possible_now")
    row = db.one(Document.select().where(Document.id == change.document_id))
    try:
        state, fields = merged(PROJECT_DRAFT, bytes(row["state"]) if row else None, [change.data])
    except DocumentError:
        raise Refused("damaged_edit") from None
    if any(len(fields[name]) > 2 * rules.FIELDS[name].limit for name in rules.TEXT_FIELDS):
        raise Refused("too_long")
    db.put(Document, [Document.id], id=change.document_id, scope=change.scope, kind=change.kind, state=state)
    at = min(change.at, time.time())  # for people to read; order comes from seq
    db.run(
        Edit.insert(
            id=change.id,
            scope=change.scope,
            document_id=change.document_id,
            kind=change.kind,
            seq=db.next_seq(change.scope),
            author_id=account["id"],
            author=account["name"],
            device=device,
            at=at,
            data=change.data,
        )
    )


def _apply_records(
    db: Database, account: dict[str, Any], device: str, run: list[RecordChange], results: dict[str, Result]
) -> None:
    if not run:
        return
    scope, writable = run[0].scope, may_write(db, account, run[0].scope)
    seq, current, changed = db.next_seq(scope, len(run)), _current(db, run), {}
    for number, change in enumerate(run, start=seq):
        row = current.get((change.kind, change.record_id))
        code = _record_refusal(account, change, row) if writable else "not_yours"
        if code:
            results[change.id] = Result(id=change.id, status="refused", code=code)
            continue
        old = row or {"fields": {}, "revision": 0, "device": device, "owner_id": account["id"]}
        knew = change.base_revision == old["revision"] or old["device"] == device
        new = {
            "fields": {**old["fields"], **change.fields},
            "revision": old["revision"] + 1,
            "scope": scope,
            "seq": number,
            "device": device if knew else "",
            "owner_id": old["owner_id"],
        }
        current[(change.kind, change.record_id)] = changed[(change.kind, change.record_id)] = new
        replaced = {} if knew else {name: old["fields"].get(name) for name in change.fields}
        results[change.id] = Result.model_construct(
            id=change.id, status="applied", revision=new["revision"], code="", replaced=replaced
        )
    db.many(
        "insert into record (kind, id, scope, seq, revision, fields, owner_id, device) values (?, ?, ?, ?, ?, ?, ?, ?) "
        "on conflict (kind, id) do update set seq = excluded.seq, revision = excluded.revision, "
        "fields = excluded.fields, device = excluded.device",
        [
            (
                kind,
                record_id,
                scope,
                row["seq"],
                row["revision"],
                json.dumps(row["fields"], ensure_ascii=False),
                row["owner_id"],
                row["device"],
            )
            for (kind, record_id), row in changed.items()
        ],
    )


def _record_refusal(account: dict[str, Any], change: RecordChange, row: dict[str, Any] | None) -> str | None:
    if change.kind not in CLIENT_KINDS or (change.kind == "profile") != change.scope.startswith("account:"):
        return "not_yours"
    if row and (row["scope"] != change.scope or row["owner_id"] != account["id"]):
        return "not_yours"
    return None


def _current(db: Database, run: list[RecordChange]) -> dict[tuple[str, str], dict[str, Any]]:
    names = ("kind", "id", "scope", "revision", "fields", "owner_id", "device")
    rows = db.rows_in(f"select {', '.join(names)} from record where id", list({change.record_id for change in run}))
    return {(row[0], row[1]): {**dict(zip(names, row, strict=True)), "fields": json.loads(row[4])} for row in rows}
