"""What follows a refused edit: a gap is filled, a refusal for good leaves the platform's text and the words aside."""

from collections.abc import Callable

from server.core import quotas
from sync.protocol.document_kinds import PROJECT_DRAFT
from sync.protocol.documents import SharedDocument
from tests.inside import inside
from tests.platform import AYSE, NIKOS, Computer, RunningPlatform, active_project

Make = Callable[..., Computer]


def test_an_edit_that_the_platform_lacks_ground_for_is_sent_again_whole(
    platform: RunningPlatform, computers: Make
) -> None:
    """The platform was brought back from a copy and lacks an edit that this computer was told it had."""
    a, b = computers(platform, AYSE), computers(platform, NIKOS)
    project = active_project(a, b)
    draft = a.workspace.projects.open(project)
    draft.set_fields({"aims": "One."})
    a.sync()
    state = inside(a.workspace).store.sql("select state from document where id = ?", (project,))[0][0]
    draft.set_fields({"aims": "One. Two."})
    a.sync()
    platform.database.execute("update document set state = ? where id = ?", state, project)
    draft.set_fields({"aims": "One. Two. Three."})
    a.sync()
    a.sync()
    b.sync()
    assert a.workspace.status.waiting == a.workspace.status.needs_you == 0
    kept = platform.database.execute("select state from document where id = ?", project)[0][0]
    assert SharedDocument(PROJECT_DRAFT, bytes(kept)).fields()["aims"] == "One. Two. Three."
    assert b.workspace.projects.open(project).fields["aims"] == a.workspace.projects.open(project).fields["aims"]


def test_words_refused_for_a_full_project_are_put_aside_and_later_ones_arrive(
    platform: RunningPlatform, computers: Make, monkeypatch
) -> None:
    a, b = computers(platform, AYSE), computers(platform, NIKOS)
    project = active_project(a, b)
    draft = a.workspace.projects.open(project)
    monkeypatch.setattr(quotas, "PROJECT_BYTES", 0)
    draft.set_fields({"expected_results": "A book. And a film about snow."})
    a.sync()
    monkeypatch.undo()
    draft.refresh()
    assert draft.fields["expected_results"] == "A book."
    (unsent,) = a.workspace.unsent_words.all()
    assert unsent.text == "And a film about snow."
    draft.set_fields({"expected_results": "A book. A song."})
    a.sync()
    b.sync()
    assert b.workspace.projects.open(project).fields["expected_results"] == "A book. A song."
    a.workspace.unsent_words.put_back(unsent.id)
    a.sync()
    b.sync()
    assert "And a film about snow." in b.workspace.projects.open(project).fields["expected_results"]
