"""What a teacher writes in a shared document stays: on a full disk, when the platform refuses, and for any length."""

from collections.abc import Callable

import pytest

from app.document_history import CHECKPOINT_EVERY
from app.projects import OpenDraft
from app.task_lists import NotADayError
from app.workspace import Workspace
from local_db.errors import DiskFullError
from local_db.store import Store
from local_db.tables import documents, outbox
from sync import document_news
from sync.protocol.document_kinds import PROJECT_DRAFT, TASK_LIST
from sync.protocol.documents import MAX_STATE, DocumentError, SharedDocument
from sync.protocol.messages import MAX_EDIT, Edit
from sync.protocol.yjs import MAX_EDIT_STRUCTS
from sync.protocol.yjs_split import MOST_BYTES, pieces
from sync.rebuild import rebuild
from tests.platform import AYSE, NIKOS, Computer, RunningPlatform, active_project

Make = Callable[..., Computer]


def store_of(desk: Workspace) -> Store:
    return desk._opened.store


def fill_the_disk(store: Store) -> None:
    """From now on the store cannot grow by a page, as on a full disk."""
    pages = store.sql("pragma page_count")[0][0]
    store.sql(f"pragma max_page_count = {pages}")


def make_room(store: Store) -> None:
    store.sql("pragma max_page_count = 1000000")


def stored_text(store: Store, project: str, field: str = "aims") -> str:
    stored = documents.get(store, project)
    assert stored
    assert SharedDocument(PROJECT_DRAFT, stored.state).fields() == stored.fields
    return str(stored.fields[field])


# -- a write that fails --------------------------------------------------------------------


def test_what_was_typed_on_a_full_disk_is_stored_with_the_next_key(desk: Workspace) -> None:
    store, project = store_of(desk), desk.projects.create()
    draft = desk.projects.open(project)
    draft.set_fields({"aims": "Measure"})
    fill_the_disk(store)
    long = "Measure " + "the sea and the river " * 3_000
    for _key in range(3):
        with pytest.raises(DiskFullError):
            draft.set_fields({"aims": long})
    assert draft.unsaved and draft.fields["aims"] == long and stored_text(store, project) == "Measure"
    make_room(store)
    assert draft.set_fields({"aims": long + "."})
    assert not draft.unsaved and stored_text(store, project) == long + "."
    partner = SharedDocument(PROJECT_DRAFT)
    for edit in documents.history(store, project):  # what goes out is whole too
        partner.apply(edit.data)
    assert partner.fields()["aims"] == long + "."


def test_unsaved_words_survive_what_arrives_from_others_and_can_be_kept_without_a_key(desk: Workspace) -> None:
    store, project = store_of(desk), desk.projects.create()
    draft, other = desk.projects.open(project), desk.projects.open(project)
    draft.set_fields({"title": "Water"})
    other.refresh()
    other.set_fields({"title": "Water stories"})
    fill_the_disk(store)
    with pytest.raises(DiskFullError):
        draft.set_fields({"aims": "Unsaved " * 5_000})
    assert draft.refresh() == {"title"}
    assert draft.fields["title"] == "Water stories" and draft.fields["aims"].startswith("Unsaved")
    make_room(store)
    assert draft.keep() and not draft.keep()
    assert stored_text(store, project).startswith("Unsaved") and stored_text(store, project, "title") == "Water stories"


# -- typing is lossless --------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["5\u00a0000 Schüler", "a\u2028b\u2029c", "one\rtwo\r\n", "\ufeff\u200e", "👩🏽‍🏫" * 50]
)
def test_every_character_of_a_text_stays(desk: Workspace, text: str) -> None:
    project = desk.projects.create()
    draft = desk.projects.open(project)
    draft.set_fields({"title": text, "aims": text})
    draft.set_fields({"aims": text + " more"})
    assert not draft.left_out
    again = desk.projects.open(project).fields
    assert (again["title"], again["aims"]) == (text, text + " more")


def test_what_no_text_can_hold_is_left_out_and_said(desk: Workspace) -> None:
    draft = desk.projects.open(desk.projects.create())
    assert draft.set_fields({"aims": "one\0two \ud83d three \ud83d\ude00"})
    assert draft.left_out and draft.fields["aims"] == "onetwo  three 😀"
    draft.set_fields({"aims": "one"})
    assert not draft.left_out


def test_a_title_of_five_thousand_characters_is_kept_and_only_submitting_is_blocked(desk: Workspace) -> None:
    project, title = desk.projects.create(), "Water " * 840
    desk.projects.open(project).set_fields({"title": title, "description": "x" * 12_000})
    assert desk.projects.open(project).fields["title"] == title
    codes = {(problem.field, problem.code) for problem in desk.projects.problems(project)}
    assert codes >= {("title", "too_long"), ("description", "too_long")}


def test_a_paste_of_two_megabytes_goes_out_in_edits_that_the_platform_takes(desk: Workspace) -> None:
    store, project = store_of(desk), desk.projects.create()
    draft, paste = desk.projects.open(project), "Wasser 👩🏽‍🏫 " * 120_000
    draft.set_fields({"aims": "Before and after"})
    draft.set_fields({"aims": f"Before {paste}and after"})
    draft.set_fields({"aims": f"Before {paste}and afterwards"})
    sent = [edit.data for edit in documents.history(store, project)]
    assert len(sent) > 4 and all(len(data) < MAX_EDIT for data in sent)
    partner = SharedDocument(PROJECT_DRAFT)
    for data in sent:
        partner.merge(data)
    assert partner.fields() == draft.fields


@pytest.mark.parametrize("text", ["x" * 1_000_000, "ış👩🏽‍🏫" * 60_000, "\n".join(str(n) for n in range(150_000))])
def test_the_pieces_of_a_large_edit_make_the_same_document(text: str) -> None:
    writer, whole, by_pieces = (SharedDocument(PROJECT_DRAFT) for _ in range(3))
    for edit in (
        writer.set_fields({"aims": "head tail"}),
        writer.set_fields({"aims": f"head {text} tail", "title": "T"}),
    ):
        whole.apply(edit)
        parts = pieces(edit)
        assert all(len(part) <= 2 * MOST_BYTES for part in parts)
        for part in parts:
            by_pieces.apply(part)
    assert len(parts) > 1
    assert whole.fields() == by_pieces.fields() == writer.fields()
    assert by_pieces.state_vector() == whole.state_vector()


def test_an_edit_of_very_many_small_changes_is_cut_too() -> None:
    writer, replica = SharedDocument(TASK_LIST), SharedDocument(TASK_LIST)
    with writer._doc.transaction():
        for number in range(700):
            writer.insert_item("tasks", f"t{number}", {"text": str(number), "who": "W", "until": "2027-01-01"})
    parts = pieces(writer.state())
    assert len(parts) > 1
    for part in parts:
        replica.merge(part, MAX_EDIT_STRUCTS)
    assert replica.fields() == writer.fields()


# -- what the platform refuses -------------------------------------------------------------


def test_refused_words_are_put_aside_and_can_be_put_back(desk: Workspace) -> None:
    store, project = store_of(desk), desk.projects.create()
    draft = desk.projects.open(project)
    draft.set_fields({"aims": "Measure the sea.", "languages": ["en"]})
    sent = outbox.waiting(store)[-1]
    outbox.take(store, 10)
    with store.transaction():  # the platform has the first edit, and refuses the second
        outbox.done(store, [sent.id])
    draft.set_fields({"aims": "Measure the sea. And the salt.", "languages": ["en", "tr"], "pupils": 30})
    result = rebuild(store, project, reason="not_possible_now")
    assert {(word.field, word.text) for word in result.words} == {
        ("aims", "And the salt."),
        ("languages", "tr"),
        ("pupils", "30"),
    }
    assert [entry.kind for entry in outbox.waiting(store)] == ["command"]
    assert len(desk.projects.history(project)) == 1
    assert draft.refresh() == {"aims", "languages", "pupils"}
    assert draft.fields["aims"] == "Measure the sea." == desk.projects.open(project).fields["aims"]

    shown = {each.field: each for each in desk.unsent_words.all(project)}
    assert desk.unsent_words.count() == 3 and shown["aims"].reason == "not_possible_now"
    assert desk.unsent_words.text(shown["aims"].id) == "And the salt."
    undo = desk.unsent_words.put_back(shown["aims"].id)
    assert draft.refresh() == {"aims"} and draft.fields["aims"] == "Measure the sea.\nAnd the salt."
    undo()
    assert draft.refresh() == {"aims"} and draft.fields["aims"] == "Measure the sea."
    for field in ("aims", "languages", "pupils"):
        (again,) = [each for each in desk.unsent_words.all(project) if each.field == field]
        desk.unsent_words.put_back(again.id)
    fields = desk.projects.open(project).fields
    assert (fields["languages"], fields["pupils"]) == (["en", "tr"], 30)
    assert desk.unsent_words.all() == []


def test_discarded_words_come_back_by_undo_and_others_words_are_refused(desk: Workspace) -> None:
    store, project = store_of(desk), desk.projects.create()
    desk.projects.open(project).set_fields({"aims": "Only here"})
    rebuild(store, project, b"\0\0", "too_large")
    (words,) = desk.unsent_words.all()
    undo = desk.unsent_words.discard(words.id)
    assert desk.unsent_words.all() == []
    undo()
    assert [each.text for each in desk.unsent_words.all()] == ["Only here"]
    for call in (desk.unsent_words.text, desk.unsent_words.discard, desk.unsent_words.put_back):
        with pytest.raises(LookupError):
            call("of-somebody-else")


def test_what_is_typed_while_the_document_is_rebuilt_is_put_aside_too(desk: Workspace) -> None:
    store, project = store_of(desk), desk.projects.create()
    draft = desk.projects.open(project)
    draft.set_fields({"aims": "Refused. "})
    rebuild(store, project, b"\0\0", "not_yours")
    draft.set_fields({"aims": "Refused. Typed on."})
    assert sorted(each.text for each in desk.unsent_words.all()) == ["Refused.", "Typed on."]
    assert draft.fields["aims"] == "" and not draft.unsaved
    draft.set_fields({"aims": "Anew"})
    assert stored_text(store, project) == "Anew"


def test_a_state_that_is_none_rebuilds_nothing(desk: Workspace) -> None:
    store, project = store_of(desk), desk.projects.create()
    desk.projects.open(project).set_fields({"aims": "Here"})
    with pytest.raises(DocumentError):
        rebuild(store, project, b"rubbish", "not_yours")
    assert stored_text(store, project) == "Here" and desk.unsent_words.all() == []
    assert outbox.counts(store)[0] == 2


def test_refused_tasks_are_put_aside_item_by_item(desk: Workspace) -> None:
    project = desk.projects.create()
    plan, _undo = desk.task_lists.create(project, "Plan")
    desk.task_lists.add(plan, "Call the museum", who="Ayşe")
    rebuild(store_of(desk), plan, b"\0\0", "not_yours")
    assert sorted(each.text for each in desk.unsent_words.all(plan)) == ["Call the museum\nAyşe", "Plan"]
    for each in desk.unsent_words.all(plan):
        desk.unsent_words.put_back(each.id)
    shown = desk.task_lists.get(plan)
    assert shown and shown.title == "Plan" and shown.tasks[0].text == "Call the museum\nAyşe"


def test_an_edit_refused_by_the_platform_leaves_both_with_the_same_text(
    platform: RunningPlatform, computers: Make
) -> None:
    a, b = computers(platform, AYSE), computers(platform, NIKOS)
    project = active_project(a, b)
    draft = b.workspace.projects.open(project)
    before = draft.fields["aims"]
    a.workspace.projects.close(project)
    a.sync()  # from now on nobody may write
    draft.set_fields({"aims": before + " Written too late."})
    b.sync()
    b.sync()
    draft.refresh()
    assert draft.fields["aims"] == before == a.workspace.projects.open(project).fields["aims"]
    (words,) = b.workspace.unsent_words.all()
    assert (words.text, words.field, words.document_id) == ("Written too late.", "aims", project)
    assert b.workspace.status.waiting == 0


def test_only_what_was_refused_is_put_aside_when_earlier_edits_went_out_with_it(
    platform: RunningPlatform, computers: Make
) -> None:
    a = computers(platform, AYSE)
    project = a.workspace.projects.create()
    draft = a.workspace.projects.open(project)
    draft.set_fields({"aims": "This one is fine."})
    store = store_of(a.workspace)
    outbox.take(store, 10)
    draft.set_fields({"aims": "This one is fine. This one is damaged."})
    store.sql("update document_update set data = ? where id = ?", (b"\xff" * 40, outbox.waiting(store)[-1].id))
    a.sync()
    draft.refresh()
    assert draft.fields["aims"] == "This one is fine."
    assert [words.text for words in a.workspace.unsent_words.all()] == ["This one is damaged."]
    draft.set_fields({"aims": "This one is fine. And on it goes."})
    a.sync()
    again = computers(platform, AYSE)
    again.sync()
    assert again.workspace.projects.open(project).fields["aims"] == "This one is fine. And on it goes."


@pytest.mark.parametrize("words", ["x" * 12_000, "Wasser 👩🏽‍🏫 " * 100_000])
def test_words_of_any_length_reach_the_partner(any_platform: RunningPlatform, computers: Make, words: str) -> None:
    a, b = computers(any_platform, AYSE), computers(any_platform, NIKOS)
    project = active_project(a, b)
    draft = a.workspace.projects.open(project)
    draft.set_fields({"description": words})
    a.sync()
    draft.set_fields({"description": words + " and later ones"})
    a.sync()
    b.sync()
    assert b.workspace.projects.open(project).fields["description"] == words + " and later ones"
    assert a.workspace.unsent_words.all() == []


def test_partners_share_a_list_of_tasks(any_platform: RunningPlatform, computers: Make) -> None:
    a, b = computers(any_platform, AYSE), computers(any_platform, NIKOS)
    project = active_project(a, b)
    plan, _undo = a.workspace.task_lists.create(project, "Before spring")
    museum, _undo = a.workspace.task_lists.add(plan, "Call the museum")
    for computer in (a, b):
        computer.sync()
    b.workspace.task_lists.change(plan, museum, who="Νίκος")
    b.workspace.task_lists.add(plan, "Κάλεσε το μουσείο", index=0)
    a.workspace.task_lists.tick(plan, museum)
    for computer in (a, b, a):
        computer.sync()
    one, other = (computer.workspace.task_lists.get(plan) for computer in (a, b))
    assert one and other and one.tasks == other.tasks and one.title == "Before spring"
    assert [(task.text, task.who, task.done) for task in one.tasks] == [
        ("Κάλεσε το μουσείο", "", False),
        ("Call the museum", "Νίκος", True),
    ]


# -- what comes from the platform ----------------------------------------------------------


def news(edits: list[bytes], project: str, first: int = 1, kind: str = "project_draft") -> list[Edit]:
    return [
        Edit.model_construct(
            id=f"e{n}", document_id=project, kind=kind, seq=n, author_id="n", author="Νίκος", at=float(n), data=data
        )
        for n, data in enumerate(edits, start=first)
    ]


def test_an_edit_that_lacks_an_earlier_one_waits_and_is_not_lost(desk: Workspace) -> None:
    store, writer = store_of(desk), SharedDocument(PROJECT_DRAFT)
    one, two, three = (writer.set_fields({"aims": "abc"[:n]}) for n in (1, 2, 3))
    with store.transaction():
        assert document_news.take_in(store, "project:p", news([two, three], "p", 2)) == ({"projects"}, [])
    assert stored_text(store, "p") == "" and desk.projects.history("p") == []
    with store.transaction():
        document_news.take_in(store, "project:p", news([one], "p"))
    assert stored_text(store, "p") == "abc"
    assert [entry.changed for entry in desk.projects.history("p")] == [("aims",)] * 3


def test_a_damaged_edit_is_complained_about_and_the_others_arrive(desk: Workspace) -> None:
    store, writer = store_of(desk), SharedDocument(PROJECT_DRAFT)
    good = writer.set_fields({"aims": "good"})
    with store.transaction():
        _topics, complaints = document_news.take_in(store, "project:p", news([b"\xff" * 40, good], "p"))
    assert stored_text(store, "p") == "good" and "e1 is damaged" in complaints[0]


def test_a_document_of_a_newer_version_is_kept_as_it_comes(desk: Workspace) -> None:
    store = store_of(desk)
    edit = SharedDocument(TASK_LIST).set_fields({"title": "Of next year"})
    with store.transaction():
        document_news.take_in(store, "project:p", news([edit], "w", kind="whiteboard"))
    stored = documents.get(store, "w")
    assert stored and stored.fields == {}
    assert SharedDocument(TASK_LIST, stored.state).fields()["title"] == "Of next year"


def test_a_refused_edit_that_the_platform_took_after_all_comes_back_whole(desk: Workspace) -> None:
    store, project = store_of(desk), desk.projects.create()
    desk.projects.open(project).set_fields({"aims": "On its way"})
    edit_id = outbox.waiting(store)[-1].id
    rebuild(store, project, b"\0\0", "not_yours")
    numbered = Edit.model_construct(
        id=edit_id, document_id=project, kind="project_draft", seq=7, author_id="a", author="A", at=1.0, data=b""
    )
    with store.transaction():
        document_news.take_in(store, f"project:{project}", [numbered])
    assert stored_text(store, project) == "On its way"


# -- history -------------------------------------------------------------------------------


def test_the_history_is_listed_from_columns_and_each_version_is_exact(desk: Workspace) -> None:
    store, writer, edits, texts = store_of(desk), SharedDocument(PROJECT_DRAFT), [], [""]
    for number in range(2 * CHECKPOINT_EVERY + 200):
        texts.append(texts[-1] + f"{number} ")
        edits.append(writer.set_fields({"aims": texts[-1], "pupils": number // 2}))
    with store.transaction():
        document_news.take_in(store, "project:p", news(edits, "p"))
    listed = desk.projects.history("p")
    assert len(listed) == len(edits)
    assert listed[0].changed == ("pupils", "aims") and listed[1].changed == ("aims",)
    for number in (len(edits), 1, CHECKPOINT_EVERY, CHECKPOINT_EVERY + 1, 2 * CHECKPOINT_EVERY + 7):
        before, after = desk.projects.version("p", f"e{number}")
        assert (before["aims"], after["aims"]) == (texts[number - 1], texts[number])
    assert documents.checkpoint_before(store, "p", None)[0] == 2 * CHECKPOINT_EVERY
    with pytest.raises(LookupError):
        desk.projects.version("p", "of-another-document")


def test_the_history_of_an_older_version_is_completed_and_unsent_sittings_have_versions(desk: Workspace) -> None:
    store, project = store_of(desk), desk.projects.create()
    draft = desk.projects.open(project)
    draft.set_fields({"aims": "One"})
    outbox.take(store, 10)
    draft.set_fields({"aims": "One two", "tools": ["chat"]})
    store.sql("update document_update set changed = null")
    assert [entry.changed for entry in desk.projects.history(project)] == [(), ()]
    assert desk.projects.complete_history(project) and not desk.projects.complete_history(project)
    first, second = desk.projects.history(project)
    assert (first.changed, second.changed, second.sent) == (("aims",), ("aims", "tools"), False)
    before, after = desk.projects.version(project, second.edit_id)
    assert (before["aims"], after["aims"]) == ("One", "One two")


# -- lists of tasks ------------------------------------------------------------------------


def test_partners_plan_together_and_every_step_can_be_undone(desk: Workspace) -> None:
    lists, project = desk.task_lists, desk.projects.create()
    plan, undo_create = lists.create(project, "Before spring")
    call, _ = lists.add(plan, "Call the museum", who="Ayşe", until="2027-03-01")
    bus, undo_bus = lists.add(plan, "Book the bus")
    first, _ = lists.add(plan, "Ask the head", index=0)

    def shown() -> list[str]:
        kept = lists.get(plan)
        assert kept
        return [f"{task.text}|{task.who}|{task.until}|{task.done}" for task in kept.tasks]

    begun = shown()
    assert begun == ["Ask the head|||False", "Call the museum|Ayşe|2027-03-01|False", "Book the bus|||False"]
    for step in (
        lambda: lists.change(plan, call, text="Call the sea museum", until=""),
        lambda: lists.tick(plan, bus),
        lambda: lists.move(plan, bus, 0),
        lambda: lists.remove(plan, call),
    ):
        undo = step()
        assert shown() != begun
        undo()
        assert shown() == begun
    undo_bus()
    assert len(shown()) == 2
    lists.rename(plan, "Spring")()
    kept = lists.get(plan)
    assert kept and kept.title == "Before spring" and kept.project_id == project and kept.done == 0
    lists.delete(plan)
    assert lists.lists(project) == [] and [each.id for each in lists.bin(project)] == [plan]
    lists.restore(plan)
    assert [each.id for each in lists.lists(project)] == [plan]
    undo_create()
    assert lists.lists(project) == []
    assert first in {task.id for task in lists.bin(project)[0].tasks}


def test_a_task_needs_a_day_of_the_calendar_and_a_list_that_is_there(desk: Workspace) -> None:
    lists = desk.task_lists
    plan, _ = lists.create(desk.projects.create(), "Plan")
    for day in ("2027-02-30", "tomorrow", "20270301", "2027-W01-1", "2027-3-1"):
        with pytest.raises(NotADayError):
            lists.add(plan, "x", until=day)
    for call in (
        lambda: lists.add("nowhere", "x"),
        lambda: lists.rename("nowhere", "x"),
        lambda: lists.tick("nowhere", "t"),
    ):
        with pytest.raises(LookupError):
            call()
    assert lists.get("nowhere") is None
    lists.tick(plan, "gone")()
    lists.move(plan, "gone", 3)()
    lists.remove(plan, "gone")()


def test_two_partners_plan_offline_and_both_plans_meet(desk: Workspace) -> None:
    store, lists, project = store_of(desk), desk.task_lists, desk.projects.create()
    plan, _ = lists.create(project, "Plan")
    museum, _ = lists.add(plan, "Call the museum")
    partner = SharedDocument(TASK_LIST, documents.get(store, plan).state)  # type: ignore[union-attr]
    edits = [
        partner.insert_item("tasks", "theirs", {"text": "Κάλεσε", "until": "someday"}),
        partner.change_item("tasks", museum, {"who": "Νίκος"}),
    ]
    lists.change(plan, museum, text="Call the sea museum")
    with store.transaction():
        topics, _ = document_news.take_in(store, f"project:{project}", news(edits, plan, kind="task_list"))
    shown = lists.get(plan)
    assert topics == {"task_lists"} and shown
    assert [(task.text, task.who, task.until) for task in shown.tasks] == [
        ("Call the sea museum", "Νίκος", ""),
        ("Κάλεσε", "", ""),
    ]


def test_an_open_draft_is_what_the_window_calls_a_draft(desk: Workspace) -> None:
    draft = desk.projects.open(desk.projects.create())
    assert isinstance(draft, OpenDraft) and draft.project_id == draft.id and not draft.unsaved
    assert MAX_STATE > MAX_EDIT
