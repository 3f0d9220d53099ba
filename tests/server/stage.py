"""A platform with one person for every role and a project for every state, for the tests that are made from the tables."""

import json
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests

from app.rules import projects as rules
from app.rules import rights
from server.accounts import tokens
from server.contacts import commands as contacts
from server.core.database import MODELS, Account, Document, Member, Project
from server.projects import members
from sync.protocol.document_kinds import PROJECT_DRAFT
from sync.protocol.documents import SharedDocument
from tests.platform import DRAFT, RunningPlatform

OFFICE, STRANGER, PARTNER = "office", "stranger", "partner"  # the partner is everybody's contact
IN_PROJECTS = rights.roles("project")
PEOPLE = (*IN_PROJECTS, STRANGER, PARTNER, OFFICE)
_ROWS = {rights.INVITED: (rules.COFOUNDER, "invited"), rights.FORMER: (rules.COFOUNDER, "gone")}
_NOT_YET = ("teacher", "expert", "observer")  # roles that the table knows and no command gives yet
_OF_THE_ACTOR = ("applied", "device", "usage", "token")  # what any exchange may write about who asks
_COMPLETE = SharedDocument(PROJECT_DRAFT)
_COMPLETE.set_fields(DRAFT)


class Person:
    """Somebody with a token and no program of ours."""

    def __init__(self, url: str, account: dict[str, Any], token: str) -> None:
        self.account, self.id = account, str(account["id"])
        self._url, self.session = url, requests.Session()
        self.session.headers["Authorization"] = f"Bearer {token}"
        self.device, self.turn = uuid.uuid4().hex, 0

    def call(self, method: str, path: str, **arguments: Any) -> requests.Response:
        return self.session.request(method, self._url + path, timeout=60, allow_redirects=False, **arguments)

    def body(self, *changes: dict[str, Any], **more: Any) -> dict[str, Any]:
        turn = self.turn + 1 if changes else self.turn
        return {"device": self.device, "turn": turn, "nonce": f"n{turn}", "changes": list(changes), **more}

    def send(self, *changes: dict[str, Any]) -> list[str]:
        """What became of each change: ``applied``, ``repeated``, or the code of the refusal."""
        if self.account["role"] == OFFICE:
            response = self.call("POST", "/v1/exchange", json=self.body(*changes))
            assert (response.status_code, response.json()["code"]) == (403, "teachers_only")
            return ["not_yours"] * len(changes)
        answer = self.exchange(*changes)
        results = {result["id"]: result for result in answer.get("results", [])}
        assert len(results) == len({change["id"] for change in changes})
        return [_outcome(results[change["id"]]) for change in changes]

    def exchange(self, *changes: dict[str, Any], **more: Any) -> dict[str, Any]:
        """A good answer, whole."""
        response = self.call("POST", "/v1/exchange", json=self.body(*changes, **more))
        assert response.status_code == 200, (response.status_code, response.text[:500])
        answer: dict[str, Any] = response.json()
        assert not answer.get("stale")
        self.turn += 1 if changes else 0
        return answer

    def send_raw(self, change: dict[str, Any], place: str, value: str) -> requests.Response:
        """An exchange with one change in which the JSON text ``value`` stands where ``place`` was."""
        text = _dumped(self.body(change)).replace(_dumped(place), value)
        assert value in text
        head = {"Content-Type": "application/json"}
        response = self.call("POST", "/v1/exchange", data=text.encode(), headers=head)
        if response.status_code == 200:
            self.turn += 1
        return response


class Stage:
    """People and projects on a running platform."""

    def __init__(self, running: RunningPlatform) -> None:
        self.platform, self.db = running, running.database
        with self.db.transaction():
            self.people = {role: self._person(role) for role in PEOPLE}
            partner = self.people[PARTNER].account
            for person in self.people.values():
                if person.account["role"] == "teacher" and person.id != partner["id"]:
                    contacts.put(self.db, person.account, partner, "contact")
                    contacts.put(self.db, partner, person.account, "contact")

    def _person(self, role: str) -> Person:
        kind = "office" if role == OFFICE else "teacher"
        country = "EL" if role == rules.COFOUNDER else "TR"
        row = {"id": f"a-{role}", "email": f"{role}@stage.example", "name": f"The {role}", "role": kind}
        self.db.run(Account.insert(**row, country=country, password="none"))
        token = tokens.issue(self.db, row["id"])["access_token"]
        return Person(self.platform.url, {**row, "country": country, "school_id": None}, token)

    def __getitem__(self, role: str) -> Person:
        return self.people[role]

    def project(self, state: str, roles: Iterable[str] = IN_PROJECTS) -> str:
        """A project in a state with somebody for each role, and a complete draft."""
        project = f"p-{uuid.uuid4().hex[:20]}"
        with self.db.transaction():
            self.db.run(Project.insert(id=project, state=state))
            told = {role: role not in _NOT_YET for role in roles}
            self._join(project, state, [role for role in told if told[role]])
            document = {"id": project, "scope": f"project:{project}", "kind": "project_draft"}
            self.db.run(Document.insert(**document, state=_COMPLETE.state()))
            members.announce(self.db, project)
            self._join(project, state, [role for role in told if not told[role]])
        return project

    def _join(self, project: str, state: str, roles: list[str]) -> None:
        for role in roles:
            self.db.run(Member.insert(project_id=project, account_id=self[role].id, **_member(role, state)))

    def state(self, project: str) -> str:
        row = self.db.one(Project.select().where(Project.id == project))
        assert row
        return str(row["state"])

    def rows(self, actor: Person, *besides: str) -> dict[str, set[str]]:
        """Every row of every table, but for what an exchange notes of who asks. ``besides`` is what was to move: what
        names it is left out, and how far the scopes have come and were filled."""
        kept: dict[str, set[str]] = {}
        for model in MODELS:
            name = model._meta.table_name
            if any(besides) and name in ("scope", "usage"):
                continue
            texts = (_text(row) for row in self.db.execute(f"select * from {name}"))
            mine = actor.id if name in _OF_THE_ACTOR else ""
            passed = [one for one in (mine, *besides) if one]
            kept[name] = {text for text in texts if not any(one in text for one in passed)}
        return kept

    @contextmanager
    def unchanged(self, actor: Person, *besides: str) -> Iterator[None]:
        """Nothing that is not about ``besides`` may be another afterwards."""
        before = self.rows(actor, *besides)
        yield
        after = self.rows(actor, *besides)
        moved = {name: after[name] ^ before[name] for name in before if after[name] != before[name]}
        assert not moved, moved


@contextmanager
def stage_on(folder: Path, url: str | None) -> Iterator[Stage]:
    with RunningPlatform(folder, url, profiles=4) as running:
        yield Stage(running)


def role_in(actor: str, state: str) -> str | None:
    """The role that somebody of the stage has in a project of a state; None for who is not in it."""
    if actor not in IN_PROJECTS:
        return None
    return rights.FORMER if state == rules.DELETED else actor


def _member(role: str, state: str) -> dict[str, str]:
    kind, belongs = _ROWS.get(role, (role, "member"))
    if state == rules.DELETED:
        belongs = "deleted" if role == rules.FOUNDER else "gone"
    return {"role": kind, "state": belongs}


def _outcome(result: dict[str, Any]) -> str:
    return str(result["code"] if result["status"] == "refused" else result["status"])


def _text(row: tuple[Any, ...]) -> str:
    return repr([bytes(value) if isinstance(value, memoryview) else value for value in row])


def _dumped(value: Any) -> str:
    return json.dumps(value)
