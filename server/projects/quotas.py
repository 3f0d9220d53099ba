"""How many projects a person may be in, and invite others to: every project is one more scope to follow for its people."""

from app.rules import projects as rules
from server.core.database import Database, Member
from server.core.refusals import Refused


def check_projects(db: Database, account_id: str) -> None:
    """Raises Refused where somebody is a member of as many projects as one may be."""
    mine = Member.select(Member.project_id).where(Member.account_id == account_id, Member.state == "member")
    if len(db.all(mine.limit(rules.MOST_PROJECTS))) >= rules.MOST_PROJECTS:
        raise Refused("too_many_projects")


def check_invitations(db: Database, founder_id: str, project_id: str) -> None:
    """Raises Refused where a founder waits for as many other answers as one may."""
    own = Member.select(Member.project_id).where(Member.account_id == founder_id, Member.role == rules.FOUNDER)
    asked = (Member.state == "invited", Member.project_id.in_(own), Member.project_id != project_id)
    if (
        len(db.all(Member.select(Member.project_id).where(*asked).limit(rules.OPEN_INVITATIONS)))
        >= rules.OPEN_INVITATIONS
    ):
        raise Refused("too_many_invitations")
