"""Messages and contacts in one place: conversations, requests that wait for an answer, and everybody one knows.

A conversation is shown with what its messages themselves hold: who wrote need not be in the directory here.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from app import commands
from app.account import AccountUseCases
from app.commands import Undo
from app.partners import PartnerUseCases, ReachingUseCases, Teacher, Template
from app.projects import Project, ProjectUseCases
from app.rules import projects as project_rules
from app.rules import pupil_work as name_rules
from app.rules.text import brief, fold, words
from local_db.store import Store
from local_db.tables import messages, outbox, pupil_work, records, settings
from local_db.tables.messages import Moment

PAGE = 50
SENT, WAITING, REFUSED, RECEIVED = "sent", "waiting", "refused", ""
ASKS_YOU, ASKED, INVITES_YOU, INVITED = "asks_you", "asked", "invites_you", "invited"
_DRAFTED = Moment(float("inf"), "")


@dataclass(frozen=True)
class Letter:
    """One message. ``state`` of an own one: ``waiting``, ``sent`` or ``refused`` with the code of the ``reason``.

    ``at`` is seconds since 1970; ``change_id`` names what waits or was refused.
    """

    id: str
    mine: bool
    text: str
    at: float
    state: str = RECEIVED
    reason: str = ""
    unread: bool = False
    change_id: str = ""


@dataclass(frozen=True)
class Conversation:
    """A line of the list: the newest words, when, how many are unread, and whether a draft lies there."""

    person_id: str
    name: str
    text: str
    at: float
    mine: bool = False
    state: str = RECEIVED
    unread: int = 0
    draft: bool = False


@dataclass(frozen=True)
class Request:
    """Somebody asks somebody. ``kind`` is one of ``asks_you``, ``asked``, ``invites_you``, ``invited``.

    ``answer`` is the own answer that waits to be sent (``accept``, ``decline``), ``waiting`` that the request itself does.
    """

    key: str
    kind: str
    person_id: str
    name: str
    text: str = ""
    project_id: str = ""
    title: str = ""
    answer: str = ""
    waiting: bool = False


@dataclass(frozen=True)
class Person:
    """Somebody one can write to. ``teacher`` is their entry in the directory here, ``state`` how they stand to the teacher."""

    id: str
    name: str
    country: str
    state: str
    teacher: Teacher | None = None

    @property
    def as_teacher(self) -> Teacher:
        """Their entry, or what is known without one."""
        return self.teacher or Teacher(
            id=self.id,
            country=self.country,
            name=self.name,
            school="",
            school_type="",
            etwinning_school=False,
            town="",
            place=None,
            role="teacher",
            languages=(),
            subjects=(),
            age_from=0,
            age_to=0,
            about="",
            projects=(),
            active_projects=0,
            available=True,  # nobody knows it of them: no warning
            last_active="",
        )


@dataclass(frozen=True)
class Contact:
    """One contact of the list."""

    person_id: str
    name: str
    country: str


@dataclass
class _Known:
    """The folded words of messages, by record: who it was exchanged with, and what is looked through."""

    texts: dict[str, tuple[str, str]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)


class MessageUseCases:
    """What the page of messages shows and does. Searching may be done in a worker."""

    def __init__(
        self,
        store: Store,
        account: AccountUseCases,
        partners: PartnerUseCases,
        reaching: ReachingUseCases,
        projects: ProjectUseCases,
        queued: Callable[[], None],
    ) -> None:
        self._store, self._account, self._queued = store, account, queued
        self._partners, self._reaching, self._projects = partners, reaching, projects
        self._known = _Known()

    # -- conversations ---------------------------------------------------------------------

    def conversations(
        self, typed: str = "", *, unread_only: bool = False, most: int = PAGE, also: str = ""
    ) -> list[Conversation]:
        """The conversations with the newest words, newest first: those with all the typed words in a name or a message.

        ``also`` names somebody who is listed in any case: the one whose conversation is open.
        """
        newest = self._newest()
        incoming = messages.newest_of_each(self._store, "from_id")
        unread = messages.unread_of_each(self._store, {who: at for who, at in incoming.items() if who in newest})
        drafts, queued = messages.drafts(self._store), self._queued_messages()
        moments = dict(newest)
        for who, entries in queued.items():
            moments[who] = max(moments.get(who, Moment(0, "")), Moment(entries[-1].at, entries[-1].id))
        begun = {*drafts, *([also] if also else [])}
        moments |= {who: _DRAFTED for who in begun if who not in moments}
        found = set(unread) if unread_only else set(moments)
        if typed.strip():
            found &= self._with_words(typed, queued, drafts)
        shown = sorted(found & set(moments), key=lambda who: moments[who], reverse=True)[:most]
        if also and also not in shown:
            shown = sorted([*shown, also], key=lambda who: moments[who], reverse=True)
        return [
            self._conversation(who, newest.get(who), queued.get(who, []), unread.get(who, []), drafts.get(who, ""))
            for who in shown
        ]

    def counts(self) -> tuple[int, int]:
        """How many conversations have something unread, and how many drafts lie there."""
        incoming = messages.newest_of_each(self._store, "from_id")
        incoming.pop(self._account.current.id, None)
        return len(messages.unread_of_each(self._store, incoming)), len(messages.drafts(self._store))

    def letters(self, person_id: str, most: int = PAGE) -> tuple[list[Letter], bool]:
        """The newest messages exchanged with somebody, oldest first, what waits behind them; and whether there are older ones."""
        me = self._account.current.id
        rows = messages.latest(self._store, person_id, most + 1)
        mark = messages.marks(self._store).get(person_id, messages.NOTHING_READ)
        sent = [_letter(row, me, mark) for row in rows[-most:]]
        there = {letter.id for letter in sent}
        waiting = [_queued_letter(entry) for entry in self._queued_messages().get(person_id, [])]
        return sent + [letter for letter in waiting if letter.id not in there], len(rows) > most

    def mark_read(self, person_id: str, letters: list[str] | None = None) -> bool:
        """These letters of somebody were seen, or all they wrote; whether any of them was unread."""
        me = self._account.current.id
        seen = None if letters is None else [f"{letter}--{me}" for letter in letters]
        return messages.mark_read(self._store, person_id, seen)

    def person(self, person_id: str) -> Person:
        """Somebody by their id: from the directory here, else from what contacts and messages say of them."""
        teacher = self._partners.get(person_id)
        contact = next(iter(self._contact_rows(account_id=person_id)), None)
        name = (teacher and teacher.name) or (contact and str(contact.fields["name"])) or self._name_in(person_id)
        country = (teacher and teacher.country) or (contact and str(contact.fields.get("country") or "")) or ""
        return Person(person_id, name, country, self._partners.contact_state(person_id), teacher)

    # -- writing ---------------------------------------------------------------------------

    def send(self, person_id: str, text: str) -> Undo:
        """Queue a message; returns the undo, which works until it was sent. Raises StoreError."""
        return self._reaching.send(person_id, text)

    def take_back(self, letter: Letter) -> bool:
        """Take a message that waits or was refused out of what is to be sent; False once it was handed out."""
        scope = f"account:{self._account.current.id}"
        return commands.take_back(self._store, self._queued, letter.change_id, scope, "send_message", letter.id)

    def try_again(self, letter: Letter) -> None:
        """Send a refused message once more."""
        with self._store.transaction():
            outbox.renew(self._store, letter.change_id)
        self._queued()

    def draft(self, person_id: str) -> str:
        """What was begun to be written to somebody."""
        return str(settings.get(self._store, f"{messages.DRAFT}{person_id}", "") or "")

    def keep_draft(self, person_id: str, text: str) -> None:
        """Keep what is being written to somebody. Raises StoreError."""
        settings.put(self._store, f"{messages.DRAFT}{person_id}", text or None)

    def warnings(self, person: Person, text: str, language: str) -> list[str]:
        """What speaks against sending now; codes as in :mod:`app.rules.outreach`.

        Somebody who has ever written is in a conversation: a second letter before their next one is no pestering.
        """
        codes = self._reaching.warnings(person.as_teacher, text, language)
        wrote = records.count(self._store, records.Query("message", None, {"from_id": person.id}))
        return [code for code in codes if code != "no_answer_yet" or not wrote]

    def templates(self, person: Person, project: str) -> list[Template]:
        """Beginnings in the person's own language, then in English."""
        return self._reaching.templates(person.as_teacher, project)

    def pupils_named(self, text: str) -> list[tuple[str, str]]:
        """``(word, pseudonym)`` for each word of a text that looks like a pupil's name; the pseudonym is empty if several fit."""
        pupils = pupil_work.names_and_pseudonyms(self._store)
        found = []
        for word in dict.fromkeys(name_rules.names_in(text, pupils)):
            fits = {alias for name, alias in pupils.items() if name_rules.names_in(word, [name])}
            found.append((word, fits.pop() if len(fits) == 1 else ""))
        return found

    # -- requests and contacts -------------------------------------------------------------

    def requests(self, typed: str = "") -> list[Request]:
        """What waits for an answer of the teacher, then what waits for an answer of others; with all the typed words."""
        wanted = words(typed)
        return [
            one
            for one in self._requests()
            if all(word in fold(f"{one.name}\n{one.title}\n{one.text}") for word in wanted)
        ]

    def _requests(self) -> list[Request]:
        answers = {entry.target_id: entry for entry in outbox.commands(self._store, "answer_contact")}
        mine = [
            self._asks_you(row, answers.get(str(row.fields["account_id"])))
            for row in self._contact_rows(state=ASKS_YOU)
        ]
        asked = [_asked(row) for row in self._contact_rows(state=ASKED)]
        known = {request.person_id for request in mine + asked}
        waiting = [
            Request(
                f"contact:{e.target_id}",
                ASKED,
                e.target_id,
                self._name_of(e.target_id),
                e.body.get("text", ""),
                waiting=True,
            )
            for e in outbox.commands(self._store, "ask_contact")
            if e.target_id not in known
        ]
        invitations = [request for project in self._projects.overview() if (request := _invitation(project))]
        inwards = [request for request in invitations if request.kind == INVITES_YOU]
        outwards = [request for request in invitations if request.kind == INVITED]
        return mine + inwards + asked + waiting + outwards

    def answer(self, request: Request, accept: bool) -> Undo:
        """Accept or decline a request or an invitation; returns the undo, which works until it was sent."""
        if request.kind == INVITES_YOU:
            return self._projects.answer(request.project_id, accept)
        return self._partners.answer_contact(request.person_id, accept)

    def take_answer_back(self, request: Request) -> bool:
        """Take back an answer that waits to be sent; False once it was handed out."""
        names = ("accept_invitation", "decline_invitation") if request.project_id else ("answer_contact",)
        target = request.project_id or request.person_id
        entries = [entry for entry in outbox.commands(self._store, *names) if entry.target_id == target]
        done = bool(entries) and all(outbox.cancel(self._store, entry.id) for entry in entries)
        if done:
            self._queued()
        return done

    def contacts(self, typed: str = "", most: int | None = None) -> list[Contact]:
        """Every contact whose name has the typed words, by name, in the directory here or not."""
        wanted = words(typed)
        people = [
            Contact(str(row.fields["account_id"]), str(row.fields["name"]), str(row.fields.get("country") or ""))
            for row in self._contact_rows(state="contact")
        ]
        found = [person for person in people if all(word in fold(person.name) for word in wanted)]
        return sorted(found, key=lambda person: (fold(person.name), person.person_id))[:most]

    # -- helpers ---------------------------------------------------------------------------

    def _newest(self) -> dict[str, Moment]:
        """The newest message exchanged with each person."""
        found = messages.newest_of_each(self._store, "from_id")
        for who, moment in messages.newest_of_each(self._store, "to_id").items():
            found[who] = max(moment, found.get(who, moment))
        found.pop(self._account.current.id, None)
        return found

    def _conversation(
        self, who: str, newest: Moment | None, queued: list[outbox.Waiting], unread: list[Moment], draft: str
    ) -> Conversation:
        row = records.get(self._store, "message", newest.id) if newest else None
        name = _other(row.fields, who) if row else self._name_of(who)
        last = queued[-1] if queued else None
        if last and (not newest or last.at >= newest.at or last.state == outbox.REFUSED):
            state = REFUSED if last.state == outbox.REFUSED else WAITING
            return Conversation(
                who, name, brief(str(last.body["text"])), last.at, True, state, len(unread), bool(draft)
            )
        if row is None:
            return Conversation(who, name, brief(draft), 0, bool(draft), draft=bool(draft))
        mine = row.fields["from_id"] == self._account.current.id
        text, at = brief(str(row.fields["text"])), float(row.fields["at"])
        return Conversation(who, name, text, at, mine, SENT if mine else RECEIVED, len(unread), bool(draft))

    def _queued_messages(self) -> dict[str, list[outbox.Waiting]]:
        """What waits to be sent or was refused, by person, in order."""
        queued: dict[str, list[outbox.Waiting]] = {}
        for entry in outbox.commands_and_refused(self._store, "send_message"):
            queued.setdefault(str(entry.body["account_id"]), []).append(entry)
        return queued

    def _with_words(self, typed: str, queued: dict[str, list[outbox.Waiting]], drafts: dict[str, str]) -> set[str]:
        """The people in whose name, or in one of whose messages, all the typed words are."""
        wanted = words(typed)
        unsent = [(who, str(entry.body["text"])) for who, entries in queued.items() for entry in entries]
        texts = [(who, fold(f"{self._name_of(who)}\n{text}")) for who, text in [*unsent, *drafts.items()]]
        return {who for who, text in [*self._folded(), *texts] if all(word in text for word in wanted)}

    def _folded(self) -> list[tuple[str, str]]:
        """Each message's person and folded words; only those that are new are read."""
        with self._known.lock:
            return self._read_new()

    def _read_new(self) -> list[tuple[str, str]]:
        me, there, known = self._account.current.id, messages.ids(self._store), self._known.texts
        for gone in known.keys() - there:
            known.pop(gone, None)
        for record_id, fields in messages.contents(self._store, there - known.keys()):
            who = str(fields["to_id"] if fields["from_id"] == me else fields["from_id"])
            known[record_id] = (who, fold(f"{_other(fields, who)}\n{fields['text']}"))
        return list(known.values())

    def _contact_rows(self, **where: Any) -> list[records.Row]:
        return records.select(self._store, records.Query("contact", None, where))

    def _name_of(self, person_id: str) -> str:
        contact = next(iter(self._contact_rows(account_id=person_id)), None)
        if contact:
            return str(contact.fields["name"])
        teacher = self._partners.get(person_id)
        return teacher.name if teacher else self._name_in(person_id)

    def _name_in(self, person_id: str) -> str:
        """The name that the newest message exchanged with somebody gives them; empty if there is none."""
        row = next(iter(messages.latest(self._store, person_id, 1)), None)
        return _other(row.fields, person_id) if row else ""

    def _asks_you(self, row: records.Row, answered: outbox.Waiting | None) -> Request:
        answer = ("accept" if answered.body["accept"] else "decline") if answered else ""
        who = str(row.fields["account_id"])
        text = str(row.fields.get("text") or "")
        return Request(f"contact:{who}", ASKS_YOU, who, str(row.fields["name"]), text, answer=answer)


def _other(fields: dict[str, Any], person_id: str) -> str:
    return str(fields["from_name"] if fields["from_id"] == person_id else fields["to_name"])


def _letter(row: records.Row, me: str, mark: messages.Mark) -> Letter:
    mine, at = row.fields["from_id"] == me, float(row.fields["at"])
    unread = not mine and not mark.has(Moment(at, row.id))
    state = SENT if mine else RECEIVED
    return Letter(row.id.removesuffix(f"--{me}"), mine, str(row.fields["text"]), at, state, unread=unread)


def _queued_letter(entry: outbox.Waiting) -> Letter:
    state = REFUSED if entry.state == outbox.REFUSED else WAITING
    return Letter(entry.target_id, True, str(entry.body["text"]), entry.at, state, entry.reason, change_id=entry.id)


def _asked(row: records.Row) -> Request:
    who = str(row.fields["account_id"])
    return Request(f"contact:{who}", ASKED, who, str(row.fields["name"]), str(row.fields.get("text") or ""))


def _invitation(project: Project) -> Request | None:
    key, answers = f"project:{project.id}", {"accept_invitation": "accept", "decline_invitation": "decline"}
    if project.me == project_rules.INVITED:
        answer = answers.get(project.waiting, "")
        return Request(key, INVITES_YOU, "", project.founder, "", project.id, project.title, answer)
    if project.cofounder_state == "invited" and project.state == project_rules.DRAFT:
        return Request(key, INVITED, project.cofounder_id, project.cofounder, "", project.id, project.title)
    return None
