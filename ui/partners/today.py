"""What partners tell under Today: requests, messages, reminders, new people of a saved search."""

from app.today import TodayItem
from i18n import _, mark
from ui.host import Host
from ui.today.lines import ANSWER, TodayButton, TodayLine


def _accept(host: Host, item: TodayItem) -> None:
    _answer(host, item, accept=True)


def _decline(host: Host, item: TodayItem) -> None:
    _answer(host, item, accept=False)


def _answer(host: Host, item: TodayItem, *, accept: bool) -> None:
    undo = host.workspace.partners.answer_contact(item.target_id, accept)
    host.say(_("Your answer is sent the next time you are connected."), undo)


def _show_person(host: Host, item: TodayItem) -> None:
    host.page("partners").show_person(item.target_id)


def _read(host: Host, item: TodayItem) -> None:
    host.page("messages").open_person(item.target_id)


def _open_search(host: Host, item: TodayItem) -> None:
    host.page("partners").saved.open(item.target_id)


LINES = (
    TodayLine(
        "contact_asks",
        mark("{person} would like to be your contact"),
        "users",
        (TodayButton(mark("Decline"), _decline), TodayButton(mark("Accept"), _accept, main=True)),
        ANSWER,
        from_person=True,
    ),
    TodayLine(
        "message",
        mark("{person} wrote to you"),
        "chat-text",
        (TodayButton(mark("Read"), _read, main=True),),
        ANSWER,
        from_person=True,
    ),
    TodayLine(
        "new_people",
        mark("New teachers fit your search “{name}”: {person}"),
        "magnifying-glass",
        (TodayButton(mark("Look"), _open_search),),
    ),
    TodayLine(
        "remind",
        mark("You wanted to write to {person} again"),
        "bell",
        (TodayButton(mark("Open"), _show_person),),
        from_person=True,
    ),
)
