"""Two computers and a platform over real HTTP, on both databases."""

from collections.abc import Callable

from tests.inside import inside
from tests.platform import AYSE, DRAFT, NIKOS, Computer, RunningPlatform, active_project

Make = Callable[..., Computer]


def test_a_project_from_draft_to_published_work(any_platform: RunningPlatform, computers: Make, tmp_path) -> None:
    a, b = computers(any_platform, AYSE), computers(any_platform, NIKOS)
    project = active_project(a, b)
    assert a.workspace.projects.get(project).state == b.workspace.projects.get(project).state == "active"
    assert b.workspace.projects.open(project).fields["aims"] == DRAFT["aims"]

    work = a.workspace.pupil_work
    pupil = work.add_pupil(work.add_class("6-A"), "Zeynep Kara")
    for name, text in (("story.txt", "Karın altındaki su"), ("secret.txt", "This one stays at home")):
        (tmp_path / name).write_text(text, "utf-8")
    story = work.take_in(pupil, tmp_path / "story.txt")
    work.take_in(pupil, tmp_path / "secret.txt")
    work.permit(story, True)
    work.publish(story, project, "active")
    a.sync()
    b.sync()

    (material,) = b.workspace.projects.materials(project)
    assert material.here and material.pupil == work.pupils(work.classes()[0][0])[0].pseudonym
    assert b.workspace.projects.material_bytes(material.sha256) == "Karın altındaki su".encode()
    assert work.publication(story) == "finished"
    (kept,) = any_platform.files()
    assert kept.read_text("utf-8") == "Karın altındaki su"
    assert "Zeynep" not in str(any_platform.database.db.execute_sql("select fields from record").fetchall())

    work.permit(story, False)  # consent taken back
    a.sync()
    b.sync()
    assert b.workspace.projects.materials(project) == []
    assert any_platform.files() == [] and not inside(b.workspace).store.files.has(material.sha256)
    assert work.read(story) == "Karın altındaki su".encode()  # the teacher's own copy stays


def test_both_write_the_same_paragraph_offline(any_platform: RunningPlatform, computers: Make) -> None:
    a, b = computers(any_platform, AYSE), computers(any_platform, NIKOS)
    project = active_project(a, b)
    one, other = a.workspace.projects.open(project), b.workspace.projects.open(project)
    one.set_fields({"aims": "We measure and compare.", "pupils": 50})
    other.set_fields({"aims": "Measure and compare 👩🏽‍🏫 the sea.", "expected_results": "A film."})
    for computer in (a, b, a, b):
        computer.sync()
    one.refresh()
    other.refresh()
    assert one.fields == other.fields
    assert "We measure" in one.fields["aims"] and "👩🏽‍🏫 the sea" in one.fields["aims"]
    assert (one.fields["pupils"], one.fields["expected_results"]) == (50, "A film.")
    history = a.workspace.projects.history(project)
    assert {entry.author for entry in history} == {"Ayşe Işık", "Νίκος Δημητρίου"}
    assert a.workspace.projects.version(project, history[-1].edit_id)[1] == one.fields

    one.set_fields(
        a.workspace.projects.version(project, history[0].edit_id)[1]
    )  # back to an earlier state, itself an edit
    assert one.fields["aims"] == DRAFT["aims"]


def test_a_sync_without_news_is_one_small_round_trip(platform: RunningPlatform, computers: Make) -> None:
    a = computers(platform, AYSE)
    a.sync()
    client = inside(a.workspace).client
    client.bytes_sent = client.bytes_received = client.round_trips = 0
    report = a.sync()
    assert (report.sent, report.received, client.round_trips) == (0, 0, 1)
    assert client.bytes_sent + client.bytes_received < 1_000


def test_a_repeat_after_a_lost_answer_is_applied_once(platform: RunningPlatform, computers: Make, monkeypatch) -> None:
    a = computers(platform, AYSE)
    project = a.workspace.projects.create()
    a.sync()
    a.workspace.projects.write_journal(project, "We met online.")
    sent = inside(a.workspace).client.exchange
    calls = []

    def lose_the_answer(request):
        calls.append([change.id for change in request.changes])
        answer = sent(request)
        if len(calls) == 1:
            from sync.errors import OfflineError

            raise OfflineError("cut")
        return answer

    monkeypatch.setattr(inside(a.workspace).client, "exchange", lose_the_answer)
    try:
        a.sync()
    except Exception as error:
        assert getattr(error, "code", "") == "offline"
    a.sync()
    assert calls[0] == calls[1] != []
    assert [fields["text"] for _id, fields in a.workspace.projects.journal(project)] == ["We met online."]
    rows = platform.database.db.execute_sql("select revision from record where kind = 'journal'").fetchall()
    assert rows == [(1,)]
    assert a.workspace.status.waiting == 0


def test_both_sides_change_the_same_profile_field(platform: RunningPlatform, computers: Make) -> None:
    laptop, desktop = computers(platform, AYSE), computers(platform, AYSE)
    for computer in (laptop, desktop):
        computer.sync()
    laptop.workspace.account.change_profile(about="Written on the laptop")
    laptop.sync()
    desktop.workspace.account.change_profile(about="Written on the desktop", available=False)
    desktop.sync()
    (difference,) = desktop.workspace.sync_centre.differences()
    assert (difference.mine, difference.theirs) == ("Written on the desktop", "Written on the laptop")
    assert desktop.workspace.status.needs_you == 1
    desktop.workspace.sync_centre.settle(difference, take_theirs=True)
    desktop.sync()
    laptop.sync()
    for computer in (laptop, desktop):
        fields = computer.workspace.account.profile_fields()
        assert (fields["about"], fields["available"]) == ("Written on the laptop", False)


def test_one_bad_change_holds_up_no_other(platform: RunningPlatform, computers: Make) -> None:
    a = computers(platform, AYSE)
    project = a.workspace.projects.create()
    a.sync()
    before = a.workspace.projects.write_journal(project, "before")
    bad = a.workspace.projects.write_journal(project, "x" * 20_001)
    after = a.workspace.projects.write_journal(project, "after")
    a.sync()
    (item,) = a.workspace.sync_centre.items()
    assert (item.target_id, item.refused, item.reason) == (bad, True, "invalid")
    rows = platform.database.db.execute_sql("select id from record where kind = 'journal' order by id").fetchall()
    assert [row[0] for row in rows] == sorted([before, after])
    a.workspace.sync_centre.give_up(item)
    assert a.workspace.status.needs_you == 0


def test_a_refused_step_is_explained_and_can_be_tried_again(platform: RunningPlatform, computers: Make) -> None:
    a, b = computers(platform, AYSE), computers(platform, NIKOS)
    project = a.workspace.projects.create()
    a.sync()
    a.workspace.projects.invite(project, "somebody-unknown")
    a.sync()
    (item,) = a.workspace.sync_centre.items()
    assert (item.what, item.reason) == ("invite_cofounder", "not_a_contact")
    a.workspace.sync_centre.try_again(item)
    a.sync()
    (again,) = a.workspace.sync_centre.items()
    assert again.refused and again.id != item.id
    a.workspace.sync_centre.give_up(again)
    a.workspace.projects.invite(project, b.workspace.account.current.id)
    a.sync()
    assert a.workspace.sync_centre.items() == []


def test_a_cursor_from_another_life_reads_everything_anew(platform: RunningPlatform, computers: Make) -> None:
    a, b = computers(platform, AYSE), computers(platform, NIKOS)
    project = active_project(a, b)
    db = platform.database
    db.db.execute_sql("update scope set seq = seq, oldest = seq where name = ?", (f"project:{project}",))
    inside(a.workspace).store.sql("update cursor set seq = 1 where scope = ?", (f"project:{project}",))
    a.workspace.projects.open(project).set_fields({"aims": "Typed while the history was pruned"})
    a.sync()
    assert a.workspace.projects.get(project).state == "active"
    assert a.workspace.projects.open(project).fields["aims"] == "Typed while the history was pruned"
    assert a.workspace.projects.open(project).fields["title"] == DRAFT["title"]


def test_who_leaves_a_project_no_longer_sees_it(platform: RunningPlatform, computers: Make) -> None:
    a, b = computers(platform, AYSE), computers(platform, NIKOS)
    project = a.workspace.projects.create()
    a.sync()
    a.workspace.projects.invite(project, b.workspace.account.current.id)
    a.sync()
    b.sync()
    assert b.workspace.projects.get(project).me_state == "invited"
    b.workspace.projects.answer(project, False)
    b.sync()
    assert b.workspace.projects.get(project) is None
    a.sync()
    assert a.workspace.projects.get(project).cofounder == ""


def test_restoring_an_old_copy_brings_back_what_was_sent_since(platform: RunningPlatform, computers: Make) -> None:
    from app.safety import restore_backup

    a = computers(platform, AYSE)
    project = a.workspace.projects.create()
    a.sync()
    a.workspace.safety.back_up()
    a.workspace.projects.open(project).set_fields({"aims": "Written after the copy"})
    a.sync()
    (backup,) = a.workspace.safety.backups()
    a.workspace.close()
    restore_backup(a.profile, backup.path, key=a.key)
    a.workspace = a._open()
    assert a.workspace.projects.open(project).fields["aims"] == ""
    a.sign_in()
    a.sync()
    assert a.workspace.projects.open(project).fields["aims"] == "Written after the copy"


def test_another_teachers_account_does_not_enter_a_profile(platform: RunningPlatform, computers: Make) -> None:
    import pytest

    from app.account import OtherAccountError

    a = computers(platform, AYSE)
    a.email = NIKOS
    with pytest.raises(OtherAccountError):
        a.sign_in()
    assert a.workspace.account.current.name == "Ayşe Işık"
    a.sync()  # her own token still works
