"""Reaching out politely: messages queued offline, templates in the partner's language, and warnings before sending."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from app import commands
from app.account import AccountUseCases
from app.commands import Undo
from app.partners.elsewhere import holiday, local_hour
from app.partners.finding import PartnerUseCases, Teacher
from app.rules import outreach
from app.rules.ids import uuid7
from app.today_item import TodayItem
from local_db.store import Store
from local_db.tables import messages, outbox, partners, records

TEMPLATES = Path(__file__).resolve().parents[2] / "resources" / "templates" / "messages.json"
DAY = 24 * 3600.0
SENT_LOOKED_AT = 500  # the latest messages


@dataclass(frozen=True)
class Message:
    """One message of a conversation; ``waiting`` until it was sent. ``at`` is seconds since 1970."""

    id: str
    mine: bool
    text: str
    at: float
    waiting: bool = False


@dataclass(frozen=True)
class Template:
    """A beginning for a message: ``introduce``, ``propose`` or ``remind``, in ``language``."""

    name: str
    language: str
    text: str


class ReachingUseCases:
    """Writing to one person at a time."""

    def __init__(
        self, store: Store, account: AccountUseCases, finding: PartnerUseCases, queued: Callable[[], None]
    ) -> None:
        self._store, self._account, self._finding, self._queued = store, account, finding, queued

    def conversation(self, partner_id: str) -> list[Message]:
        """Everything said between the two, oldest first, with what still waits."""
        me = self._account.current.id
        rows = self._messages(from_id=partner_id) + self._messages(to_id=partner_id)
        said = [
            Message(row.id, row.fields["from_id"] == me, str(row.fields["text"]), float(row.fields["at"]))
            for row in rows
        ]
        waiting = [
            Message(entry.id, True, str(entry.body["text"]), entry.at, True)
            for entry in outbox.commands(self._store, "send_message")
            if entry.body["account_id"] == partner_id
        ]
        return sorted(said, key=lambda message: (message.at, message.id)) + waiting

    def send(self, partner_id: str, text: str) -> Undo:
        """Queue a message; returns the undo, which works until it was sent."""
        message_id = str(uuid7())
        body = {"account_id": partner_id, "text": text.strip(), "message_id": message_id}
        scope = f"account:{self._account.current.id}"
        return commands.queue(self._store, self._queued, scope, "send_message", message_id, body)

    def _messages(self, newest: bool = False, limit: int | None = None, **where: str) -> list[records.Row]:
        return records.select(self._store, records.Query("message", None, where, "at", newest, limit))

    def warnings(self, partner: Teacher, text: str, language: str) -> list[str]:
        """What speaks against sending now; codes as in :mod:`app.rules.outreach`."""
        now = time.time()
        sent = [outreach.Sent(to, words, (now - at) / DAY) for to, words, at in self._sent()]
        answers = self._messages(newest=True, limit=1, from_id=partner.id)
        last_answer = (now - float(answers[0].fields["at"])) / DAY if answers else None
        recipient = outreach.Recipient(
            partner.id,
            self._finding.contact_state(partner.id) == "contact",
            partner.available,
            partners.follow_up(self._store, partner.id).silent,
            local_hour(partner.country),
            holiday(partner.country, date.today(), language),
        )
        return outreach.warnings(text, recipient, sent, last_answer)

    def holiday_of(self, partner: Teacher, language: str) -> str:
        """The public holiday in the partner's country today, named in ``language`` if possible; empty for none."""
        return holiday(partner.country, date.today(), language)

    def hour_of(self, partner: Teacher) -> int | None:
        """The hour, 0 to 23, where the partner lives; None where it is not known."""
        return local_hour(partner.country)

    def templates(self, partner: Teacher, project: str) -> list[Template]:
        """Beginnings in the partner's own language, then in English, filled in as far as things are known."""
        me = self._account.current
        own = next((code for code in _spoken_there(partner) if code in _templates()), "en")
        fields = {"name": partner.name, "me": me.name, "school": me.school, "project": project}
        return [
            Template(name, code, text.format(**fields))
            for code in dict.fromkeys((own, "en"))
            for name, text in _templates()[code].items()
            if project or name != "propose"
        ]

    def unread(self) -> list[tuple[str, str]]:
        """``(account id, name)`` of people who wrote something that was not read yet, the newest first."""
        newest = messages.newest_of_each(self._store, "from_id")
        newest.pop(self._account.current.id, None)
        new = list(messages.unread_of_each(self._store, newest))
        new.sort(key=lambda who: newest[who], reverse=True)
        rows = {who: records.get(self._store, "message", newest[who].id) for who in new}
        return [(who, str(row.fields["from_name"])) for who, row in rows.items() if row]

    def today(self) -> list[TodayItem]:
        """Messages that were not read yet, one line a person."""
        return [TodayItem("message", name, person, name) for person, name in self.unread()]

    def mark_read(self, partner_id: str) -> None:
        """Everything this person wrote so far was read."""
        messages.mark_read(self._store, partner_id)

    def _sent(self) -> list[tuple[str, str, float]]:
        rows = self._messages(newest=True, limit=SENT_LOOKED_AT, from_id=self._account.current.id)
        done = [(str(row.fields["to_id"]), str(row.fields["text"]), float(row.fields["at"])) for row in rows]
        waiting = [
            (str(entry.body["account_id"]), str(entry.body["text"]), entry.at)
            for entry in outbox.commands(self._store, "send_message")
        ]
        return done + waiting


@cache
def _templates() -> dict[str, dict[str, str]]:
    by_language: dict[str, dict[str, str]] = json.loads(TEMPLATES.read_text("utf-8"))["languages"]
    return by_language


def _spoken_there(partner: Teacher) -> list[str]:
    """The partner's languages, those of the country before the common ones."""
    common = ("en", "fr", "de", "es")
    return sorted(partner.languages, key=lambda code: (code in common, partner.languages.index(code)))
