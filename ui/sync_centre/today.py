"""What the sync centre tells under Today."""

from i18n import mark
from ui.today.lines import ANSWER, TodayButton, TodayLine

LINES = (
    TodayLine(
        "needs_you",
        mark("Something could not be sent and needs your answer ({name})"),
        "warning-circle",
        (TodayButton(mark("Open"), lambda host, _item: host.go("sync_centre")),),
        ANSWER,
    ),
)
