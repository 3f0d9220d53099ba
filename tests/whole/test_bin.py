"""What was deleted comes back: before it was sent, while it is on its way, and after the platform knows."""

from collections.abc import Callable

from app.workspace import Workspace
from tests.platform import AYSE, NIKOS, Computer, RunningPlatform, active_project

Make = Callable[..., Computer]


def titles(computer: Computer) -> list[str]:
    return [project.title for project in computer.workspace.projects.overview()]


def begun(computer: Computer, title: str = "Snow") -> str:
    project = computer.workspace.projects.create()
    computer.workspace.projects.open(project).set_fields({"title": title})
    return project


def test_a_draft_deleted_where_nobody_ever_signed_in_comes_back(desk: Workspace) -> None:
    project = desk.projects.create()
    desk.projects.open(project).set_fields({"title": "Snow"})
    undo = desk.projects.delete(project)
    assert desk.projects.overview() == [] and [item.title for item in desk.bin.items()] == ["Snow"]
    assert undo() and desk.projects.get(project) is not None and desk.bin.items() == []


def test_a_deletion_handed_out_for_sending_is_undone_while_the_platform_is_away(
    platform: RunningPlatform, computers: Make
) -> None:
    a = computers(platform, AYSE)
    project = begun(a)
    a.sync()
    undo = a.workspace.projects.delete(project)
    a.workspace.online = False
    try:
        a.sync()
    except Exception as error:
        assert getattr(error, "code", "") == "offline"
    assert undo() and titles(a) == ["Snow"]
    a.workspace.online = True
    a.sync()
    assert titles(a) == ["Snow"] and a.workspace.status.needs_you == 0


def test_a_draft_deleted_on_the_platform_comes_back_from_the_bin(platform: RunningPlatform, computers: Make) -> None:
    a, other = computers(platform, AYSE), computers(platform, AYSE)
    project = begun(a)
    a.sync()
    a.workspace.projects.delete(project)
    a.sync()
    other.sync()
    assert titles(a) == titles(other) == []
    (item,) = other.workspace.bin.items()
    assert (item.kind, item.title) == ("project", "Snow") and item.days_left is not None and item.days_left >= 29
    assert other.workspace.bin.restore(item.kind, item.id)
    assert [item.coming for item in other.workspace.bin.items()] == [True]
    for computer in (other, a):
        computer.sync()
        assert titles(computer) == ["Snow"] and computer.workspace.bin.items() == []
    a.workspace.projects.open(project).set_fields({"title": "Snow again"})
    a.sync()
    other.sync()
    assert titles(other) == ["Snow again"]


def test_a_diary_entry_comes_back_with_its_words_and_leaves_nobody_elses_computer_with_them(
    platform: RunningPlatform, computers: Make
) -> None:
    a, b = computers(platform, AYSE), computers(platform, NIKOS)
    project = active_project(a, b)
    entry = a.workspace.projects.write_journal(project, "We met the partners.")
    a.sync()
    b.sync()
    undo = a.workspace.projects.delete_journal(project, entry)
    a.sync()
    b.sync()
    assert b.workspace.projects.journal(project) == [] and b.workspace.bin.items() == []
    assert "We met" not in str(platform.database.execute("select fields from record"))
    assert [item.title for item in a.workspace.bin.items()] == ["We met the partners."]
    assert undo()
    a.sync()
    b.sync()
    for computer in (a, b):
        ((_id, fields),) = computer.workspace.projects.journal(project)
        assert (fields["text"], fields["author"]) == ("We met the partners.", "Ayşe Işık")


def test_a_post_taken_down_comes_back_with_its_answers(platform: RunningPlatform, computers: Make) -> None:
    a, b = computers(platform, AYSE), computers(platform, NIKOS)
    a.workspace.posts.publish("partner", "Snow", "Who measures snow with us this winter?", languages=["en"])
    a.sync()
    b.sync()
    (post,) = a.workspace.posts.posts(mine=True)
    b.workspace.posts.answer(post.id, "We do.")
    b.sync()
    a.sync()
    undo = a.workspace.posts.close(post.id)
    a.sync()
    b.sync()
    assert a.workspace.posts.posts(mine=True) == []
    assert undo()
    a.sync()
    b.sync()
    assert [p.title for p in a.workspace.posts.posts(mine=True)] == ["Snow"]
    assert [answer.text for answer in b.workspace.posts.answers(post.id)] == ["We do."]
