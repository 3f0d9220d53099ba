"""What waits for the teacher today: few lines, each with a way to act."""

from dataclasses import dataclass

from app.partners import KeepingUseCases, ReachingUseCases
from app.projects import ProjectUseCases
from app.rules import projects as rules
from local_db.store import Store
from local_db.tables import outbox, records, transfers, unsent_words


@dataclass(frozen=True)
class TodayItem:
    """One line: ``kind`` chooses the sentence, ``name`` fills it, ``target_id`` is what it opens."""

    kind: str
    name: str
    target_id: str
    person: str = ""
    text: str = ""


class TodayUseCases:
    def __init__(
        self, store: Store, projects: ProjectUseCases, keeping: KeepingUseCases, reaching: ReachingUseCases
    ) -> None:
        self._store, self._projects, self._keeping, self._reaching = store, projects, keeping, reaching

    def items(self) -> list[TodayItem]:
        found = [
            TodayItem(
                "contact_asks",
                row.fields["name"],
                row.fields["account_id"],
                row.fields["name"],
                str(row.fields.get("text") or ""),
            )
            for row in records.select(self._store, records.Query("contact", None, {"state": "asks_you"}))
        ]
        for project in self._projects.overview():
            kind = self._kind(project.state, project.me, project.me_state, project.cofounder_state, project.waiting)
            if project.reason and project.state == rules.DRAFT:
                kind = "returned"
            if kind:
                person = project.founder if project.me != rules.FOUNDER else project.cofounder
                found.append(TodayItem(kind, project.title, project.id, person))
        found += [TodayItem("message", name, person, name) for person, name in self._reaching.unread()]
        found += [TodayItem("remind", row.name, row.id, row.name) for row in self._keeping.due()]
        found += [
            TodayItem("new_people", kept.name, kept.id, str(count)) for kept, count in self._keeping.known_new_people()
        ]
        if answers := self._answers():
            found.append(TodayItem("needs_you", str(answers), ""))
        return found

    def _answers(self) -> int:
        """How many things the sync centre wants an answer to."""
        refused = outbox.counts(self._store)[1] + len(transfers.refused(self._store))
        return refused + len(records.differences(self._store)) + unsent_words.count(self._store)

    def _kind(self, state: str, me: str, me_state: str, partner_state: str, waiting: str) -> str:
        if me == rules.INVITED:
            return "" if waiting else "invitation"
        if state == rules.DRAFT and me == rules.FOUNDER:
            return "ready" if partner_state == "member" and not waiting else "draft"
        return {rules.PENDING_OFFICES: "with_offices", rules.PENDING_PARTNER: "with_partner"}.get(state, "")
