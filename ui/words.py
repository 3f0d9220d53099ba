"""The sentences for codes that come from below: states, refusals, errors, fields."""

from app.rules import vocabularies
from app.rules.text import brief
from app.sync_centre import Status, WaitingItem
from i18n import _, language, mark, ngettext
from i18n.formats import clock, country_name, file_size, language_name, number

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
REFUSALS = {
    "not_yours": mark("You are not a member of this project any more, or it is somebody else's."),
    "not_possible_now": mark(
        "The project has moved on in the meantime. Look at its state; the step may be done already."
    ),
    "incomplete": mark(
        "The platform found a field of the form empty or too long. Complete the draft and submit again."
    ),
    "no_cofounder": mark("The project has no co-founder yet. Invite one of your contacts first."),
    "not_a_contact": mark("Only people in your contacts can be invited. Ask this person to be a contact first."),
    "has_cofounder": mark("The project has a co-founder already."),
    "not_active": mark("Work can be published only once the project is active."),
    "file_missing": mark("The file did not arrive whole. Try again; the work is still on this computer."),
    "no_such_person": mark("This person is no longer on the platform."),
    "too_long": mark("A text is far longer than the form allows. Shorten it."),
    "checksum": mark("The file arrived damaged. Try again; the work is still on this computer."),
    "damaged": mark(
        "The file that came is not the one the partner published. Try again, or ask them to publish it anew."
    ),
    "invalid": mark("The platform could not read this change. It is still on this computer; tell the support office."),
    "same_message": mark(
        "The same words went to too many people. The platform allows a message only where it is meant for "
        "the person who gets it."
    ),
    "too_many_messages": mark("You have sent very many messages today. Try again tomorrow."),
    "too_many_posts": mark("You have three open posts already. Take one down first."),
    "same_post": mark("You have posted this already. One post is enough: everybody sees it."),
    "post_is_closed": mark("This post was taken down in the meantime."),
    "no_permission": mark("Tick the box first, once you have the consent."),
    "exists": mark("The platform has this already. You can forget this line."),
    "no_such_project": mark("The platform does not know this project. It may have been deleted."),
}
TROUBLES = {
    "offline": mark("No connection. Everything is kept on this computer and goes out by itself later."),
    "captive_portal": mark(
        "This network wants a sign-in of its own: open a web page in the browser first. Nothing was lost."
    ),
    "busy": mark("The platform is busy. TwinDesk tries again by itself; everything is kept on this computer."),
    "sign_in_needed": mark("The platform asks you to sign in again. Everything is kept on this computer."),
    "bad_answer": mark(
        "The platform answered something TwinDesk does not understand. Everything is kept on this computer; "
        "it tries again by itself."
    ),
    "refused": mark("The platform refused the request. Everything is kept on this computer."),
    "foreign_directory": mark(
        "The directory offered is not this platform's, or is an old one. It was refused; the one on this computer stays."
    ),
    "bad_pack": mark(
        "A part of the directory was damaged on the way. The one on this computer stays; try again later."
    ),
    "stopped": mark("The download was stopped. It goes on where it was when you start it again."),
    "sign_in_cancelled": mark("The sign-in was not finished. You can try again at any time."),
    "store": mark("The store on this computer could not be written. Free some space on the disk, then sync again."),
    "trouble": mark("Something unexpected happened while syncing. Everything is kept on this computer."),
}
NOT_SAVED = {
    "DiskFullError": mark("The disk of this computer is full. Free some space; it is saved by itself then."),
    "ReadOnlyError": mark("The folder of your work cannot be written: it is read-only. Tell the technician."),
    "BusyError": mark("Another program holds your work at the moment. TwinDesk tries again by itself."),
    "IoError": mark("The disk answered with an error. Is the drive still connected? TwinDesk tries again by itself."),
    "DocumentError": mark("This is more than a project can hold. Take some of it out."),
    "StoreError": mark("Your work on this computer could not be written. TwinDesk tries again by itself."),
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
}
_PROBLEMS = {
    "missing": mark("{field} is still empty"),
    "too_long": mark("{field} is too long"),
    "unknown_item": mark("{field} has an entry the platform does not know"),
    "out_of_range": mark("{field} is not a possible number"),
    "order": mark("The highest age is below the lowest"),
}


def field_name(name: str) -> str:
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
    return _(REFUSALS.get(code, "")) or _("The platform refused this step.")


def trouble(code: str) -> str:
    return _(TROUBLES.get(code, TROUBLES["trouble"]))


def not_saved(error: Exception | None) -> str:
    """Why something could not be saved on this computer, and what happens next."""
    names = [kind.__name__ for kind in type(error).__mro__]
    return _(next((NOT_SAVED[name] for name in names if name in NOT_SAVED), NOT_SAVED["StoreError"]))


def reason(code: str) -> str:
    """Why a teacher fits a draft."""
    return _(REASONS.get(code, code))


def problem(field: str, code: str) -> str:
    return _(_PROBLEMS[code]).format(field=field_name(field))


def item(vocabulary: str, item_id: str) -> str:
    """An entry of a list in the reader's language."""
    if vocabulary == "languages":
        return language_name(item_id)
    if vocabulary == "countries":
        return country_name(item_id)
    return vocabularies.get(vocabulary).label(item_id, language())


def pill(status: Status) -> tuple[str, str]:
    """The truth about the connection in a few words, and its tone."""
    waiting = ngettext("{n} change waiting", "{n} changes waiting", status.waiting).format(n=number(status.waiting))
    if status.state == "syncing":
        return _progress(status), "info"
    if status.state == "signed_out":
        return _("Sign in to sync"), "warn"
    if status.needs_you:
        text = ngettext("Needs you: {n} answer", "Needs you: {n} answers", status.needs_you)
        return text.format(n=number(status.needs_you)), "bad"
    if status.state == "offline":
        return (f"{_('Offline')} · {waiting}" if status.waiting else _("Offline")), "warn"
    if status.state == "trouble":
        return (f"{_('Not synced')} · {waiting}" if status.waiting else _("Not synced")), "bad"
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
