"""The sentences for codes that come from below: states, refusals, errors, fields."""

from app.rules import vocabularies
from app.rules.projects import FIELDS
from app.rules.text import brief
from app.safety import Lacking, ProfileInUseError, StoreError
from app.sync_centre import Status, WaitingItem
from app.unsent_words import Unsent
from i18n import _, language, mark, ngettext
from i18n.formats import clock, country_name, file_size, language_name, number
from ui.sentences import MORE_OF_NOT_OPENED, NOT_COPIED, NOT_OPENED, NOT_SAVED, NOT_TAKEN, REFUSALS, TROUBLES

FIELD_NAMES = {
    "title": mark("Title"),
    "description": mark("Short description"),
    "languages": mark("Languages used"),
    "subjects": mark("Subjects"),
    "age_from": mark("Pupils' age, from"),
    "age_to": mark("Pupils' age, to"),
    "pupils": mark("Number of pupils"),
    "aims": mark("Aims"),
    "work_process": mark("Work process"),
    "expected_results": mark("Expected results"),
    "tools": mark("Tools to be used"),
}
FIELD_HINTS = {
    "title": mark("A name that partners remember"),
    "description": mark("What the whole partnership will do, in a few sentences"),
    "aims": mark("What changes for the pupils: skills, knowledge, attitudes, the curriculum"),
    "work_process": mark("Who does what, when, and how the partners work together"),
    "expected_results": mark("What will exist at the end, and what the pupils will have learnt"),
}
STATES = {
    "draft": (mark("Draft"), "plain"),
    "pending_partner": (mark("Waiting for the co-founder"), "warn"),
    "pending_nso": (mark("With the national offices"), "warn"),
    "active": (mark("Active"), "ok"),
    "closed": (mark("Closed"), "plain"),
    "deleted": (mark("Deleted"), "plain"),
}
COMMANDS = {
    "create_project": mark("New project"),
    "invite_cofounder": mark("Invitation of the co-founder"),
    "accept_invitation": mark("Yes to an invitation"),
    "decline_invitation": mark("No to an invitation"),
    "submit_project": mark("Submission to the national offices"),
    "withdraw_project": mark("Withdrawal of a submission"),
    "close_project": mark("Closing of a project"),
    "delete_project": mark("Deletion of a draft"),
    "publish_material": mark("Publication of a piece of work"),
    "withdraw_material": mark("Taking back of a piece of work"),
    "ask_contact": mark("Contact request"),
    "answer_contact": mark("Answer to a contact request"),
    "send_message": mark("Message"),
    "publish_post": mark("Post"),
    "close_post": mark("Taking down of a post"),
    "answer_post": mark("Answer to a post"),
    "project_draft": mark("Text of a project"),
    "journal": mark("Diary entry"),
    "profile": mark("Own profile"),
    "file_up": mark("File to publish"),
    "file_down": mark("File from a partner"),
}
REASONS = {
    "new_country": mark("a new country for your project"),
    "language": mark("shares a language"),
    "age": mark("pupils of the same age"),
    "subject": mark("teaches one of your subjects"),
    "subjects": mark("teaches several of your subjects"),
    "available": mark("is available"),
    "active_month": mark("was active this month"),
    "active_quarter": mark("was active in the last three months"),
    "free": mark("has no project now"),
    "not_busy": mark("is not busy"),
}
CRITERIA = {
    "country": mark("A new country"),
    "language": mark("A shared language"),
    "age": mark("Pupils' age"),
    "subject": mark("Subjects"),
    "available": mark("Available for projects"),
    "activity": mark("Recent activity"),
    "workload": mark("Not busy"),
}
TAKE_IN = {
    "type": mark("“{file}” is not a picture, video, sound or document that the platform takes."),
    "empty": mark("“{file}” is empty. Ask the pupil for it again."),
    "too_big": mark("“{file}” is larger than the platform allows ({limit} MB). Make it smaller, then add it again."),
    "mismatch": mark("“{file}” is not what its name says. Open it in its program and save it anew."),
    "unreadable": mark("“{file}” could not be read. Is the stick or camera still connected?"),
    "cut_short": mark(
        "“{file}” is cut short or damaged: the picture cannot be read to its end. Ask the pupil for it again."
    ),
    "too_many_pixels": mark("“{file}” has more pixels than TwinDesk can open. Make it smaller, then add it again."),
    "damaged": mark("“{file}” is damaged: it cannot be opened. Ask the pupil for it again."),
    "old_office": mark(
        "“{file}” is in an old form, or a password protects it. Open it in its program and save it as DOCX, XLSX or PPTX "
        "without a password, then add that."
    ),
    "macros": mark(
        "“{file}” may hold macros. Open it in its program and save it as DOCX, XLSX or PPTX, then add that."
    ),
    "as_pdf": mark("“{file}” is not a file that the platform takes. Save it as PDF in its program, then add that."),
    "as_jpeg": mark("“{file}” is not a picture that the platform takes. Save it as JPEG or PNG, then add that."),
    "as_mp4": mark("“{file}” is not a film that the platform takes. Save it as MP4, then add that."),
    "as_mp3": mark("“{file}” is not a sound that the platform takes. Save it as MP3, then add that."),
    "packed": mark("“{file}” is a packed folder. Unpack it, then add the files in it."),
    "already_there": mark("This pupil has “{file}” already."),
}
STAGES = {"files": mark("Files"), "vocabularies": mark("Lists"), "directory": mark("Directory")}
LIST_FIELDS = {"title": mark("Name of the list"), "tasks": mark("Tasks"), "deleted": mark("Delete the list")}
_PROBLEMS = {
    "missing": mark("{field} is still empty"),
    "too_long": mark("{field} is too long"),
    "unknown_item": mark("{field} has an entry the platform does not know"),
    "out_of_range": mark("{field} is not a possible number"),
    "order": mark("The highest age is below the lowest"),
}


def field_name(name: str) -> str:
    """A field of the project form in words."""
    return _(FIELD_NAMES.get(name, name))


def state(code: str) -> tuple[str, str]:
    """A project state in words, and its tone."""
    text, tone = STATES.get(code, (code, "plain"))
    return _(text), tone


def waiting_name(item: WaitingItem, project_title: str) -> str:
    """What waits or was refused, with the title of its project where there is one."""
    what = _(COMMANDS.get(item.what, item.what))
    return f"{what}: {brief(project_title)}" if project_title else what


def refusal(code: str) -> str:
    """Why the platform refused a step, and what to do."""
    return _(REFUSALS.get(code, "")) or _("The platform refused this step.")


def trouble(code: str) -> str:
    """What keeps a sync from its end, and what to do."""
    return _(TROUBLES.get(code, TROUBLES["trouble"]))


def not_saved(error: Exception | None) -> str:
    """Why something could not be saved on this computer, and what happens next."""
    return _by_kind(NOT_SAVED, error)


def not_saved_yet(error: Exception | None) -> str:
    """As :func:`not_saved`, said beside a text that is still there as it was typed."""
    state = _("Not saved yet")
    return f"{state}. {not_saved(error)}"


def not_copied(error: Exception) -> str:
    """Why a copy could not be written where the person said."""
    return _by_kind(NOT_COPIED, error)


def not_opened(error: Exception) -> str:
    """Why the profile could not be opened, what was kept, and what to do."""
    return _by_kind(NOT_OPENED, error)


def why_not_opened(error: StoreError, more: str = "") -> str:
    """As :func:`not_opened`, with who has the profile open, or what else is known (``more``, a code)."""
    sentences = [not_opened(error), _(MORE_OF_NOT_OPENED.get(more, ""))]
    if isinstance(error, ProfileInUseError) and error.computer:
        sentences = [_("Another computer has your work open: {computer}.").format(computer=error.computer)]
        if error.since is not None:
            sentences.append(_("Open there since: {time}.").format(time=clock(error.since)))
        sentences.append(_("Close TwinDesk there. If that computer is switched off, wait a minute and try again."))
    return " ".join(sentence for sentence in sentences if sentence)


def _by_kind(sentences: dict[str, str], error: Exception | None) -> str:
    names = [kind.__name__ for kind in type(error).__mro__]
    return _(next((sentences[name] for name in names if name in sentences), sentences["StoreError"]))


def unfinished(status: Status) -> list[str]:
    """What kept a sync, or a part of it, from its end, and how long the platform wants to be left alone."""
    sentences = [trouble(status.code)] if status.code else []
    sentences += [f"{_(STAGES.get(one.stage, one.stage))}: {trouble(one.code)}" for one in status.troubles]
    if status.wait_until is not None:
        sentences.append(_("The platform asks to wait until {time}.").format(time=clock(status.wait_until)))
    return sentences


def not_taken(code: str) -> str:
    """Why words were not taken."""
    return _(NOT_TAKEN[code]) if code in NOT_TAKEN else refusal(code)


def unsent_place(words: Unsent) -> str:
    """Where words that were not taken belong: the project, the list, and the field."""
    project = brief(words.project or (words.title if words.kind == "project_draft" else "")) or _("Untitled")
    if words.kind != "task_list":
        return f"{project} · {field_name(words.field)}"
    names = [project, brief(words.title) or _("List of tasks")]
    return " · ".join(names if words.field == "tasks" else [*names, _(LIST_FIELDS.get(words.field, words.field))])


def unsent_text(words: Unsent) -> str:
    """What was not taken, as the person knows it: entries of a list by their names."""
    field = FIELDS.get(words.field) if words.kind == "project_draft" else None
    if field is not None and field.kind == "set":
        return ", ".join(item(field.vocabulary or "", one) for one in words.text.split(", "))
    return _("Yes") if words.kind == "task_list" and words.field == "deleted" else words.text


def lacking(lacks: Lacking | None) -> str:
    """What going back to a copy would lose."""
    if lacks is None:
        return _("The damaged store could not be compared with it.")
    counts = (
        (lacks.waiting, ngettext("{n} change that was not sent", "{n} changes that were not sent", lacks.waiting)),
        (lacks.works, ngettext("{n} pupil's work", "{n} pupils' works", lacks.works)),
        (lacks.edits, ngettext("{n} change in a text", "{n} changes in texts", lacks.edits)),
        (lacks.records, ngettext("{n} other entry", "{n} other entries", lacks.records)),
    )
    parts = [text.format(n=number(count)) for count, text in counts if count]
    sentences = [_("It lacks: {list}.").format(list="; ".join(parts))] if parts else []
    if lacks.edits or lacks.records:
        sentences.append(_("What was sent before comes again with the next sync."))
    if not lacks.complete:
        sentences.append(_("There may be more, in what cannot be read any more."))
    return " ".join(sentences) or _("Nothing is missing in it.")


def reason(code: str) -> str:
    """Why a teacher fits a draft."""
    return _(REASONS.get(code, code))


def problem(field: str, code: str) -> str:
    """What keeps a draft from being submitted."""
    return _(_PROBLEMS[code]).format(field=field_name(field))


def item(vocabulary: str, item_id: str) -> str:
    """An entry of a list in the reader's language."""
    if vocabulary == "languages":
        return language_name(item_id)
    if vocabulary == "countries":
        return country_name(item_id)
    return vocabularies.get(vocabulary).label(item_id, language())


def _and(state: str, more: str) -> str:
    return f"{state} · {more}" if more else state


def pill(status: Status) -> tuple[str, str]:
    """The truth about the connection in a few words, and its tone."""
    waiting = ngettext("{n} change waiting", "{n} changes waiting", status.waiting).format(n=number(status.waiting))
    if status.state == "syncing":
        return _progress(status), "info"
    if status.state == "signed_out":
        return _("Sign in to sync"), "warn"
    if status.state == "no_platform":
        return _and(_("On this computer"), waiting if status.waiting else ""), "plain"
    if status.needs_you:
        text = ngettext("Needs you: {n} answer", "Needs you: {n} answers", status.needs_you)
        return text.format(n=number(status.needs_you)), "bad"
    if status.state == "offline":
        return _and(_("Offline"), waiting if status.waiting else ""), "warn"
    if status.state == "trouble":
        return _and(_("Not synced"), waiting if status.waiting else ""), "bad"
    if status.waiting:
        return waiting, "info"
    if status.synced_at is None:
        return _("Not synced yet"), "warn"
    return _("Up to date, {time}").format(time=clock(status.synced_at)), "ok"


def _progress(status: Status) -> str:
    progress = status.progress
    if progress is None or not progress.total:
        return _("Syncing")
    if progress.stage == "files":
        return _("Files: {done} of {total}").format(done=file_size(progress.done), total=file_size(progress.total))
    text = _("Directory: {done} of {total}") if progress.stage == "directory" else _("Sending {done} of {total}")
    return text.format(done=number(progress.done), total=number(progress.total))
