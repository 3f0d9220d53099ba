"""What projects tell under Today."""

from app.today import TodayItem
from i18n import mark
from ui.host import Host
from ui.today.lines import ANSWER, GO_ON, WITH_OTHERS, TodayButton, TodayLine


def _open(host: Host, item: TodayItem) -> None:
    host.page("projects").show_project(item.target_id)


_OPEN = (TodayButton(mark("Open"), _open),)
_ANSWER = (TodayButton(mark("Read and answer"), _open, main=True),)
LINES = (
    TodayLine(
        "invitation",
        mark("{person} invites you to found “{name}” together"),
        "handshake",
        _ANSWER,
        ANSWER,
        from_person=True,
    ),
    TodayLine("returned", mark("“{name}” came back from a national office"), "warning", _OPEN),
    TodayLine("ready", mark("“{name}” has its co-founder; it can be submitted"), "paper-plane-tilt", _OPEN),
    TodayLine("draft", mark("Draft “{name}”"), "notebook", _OPEN, GO_ON),
    TodayLine(
        "with_offices", mark("“{name}” is with the national offices"), "clock-counter-clockwise", _OPEN, WITH_OTHERS
    ),
    TodayLine("with_partner", mark("“{name}” waits for {person}"), "clock-counter-clockwise", _OPEN, WITH_OTHERS),
)
