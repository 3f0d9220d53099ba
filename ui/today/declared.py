"""The lines that the capabilities declare for Today, by kind."""

from ui.partners.today import LINES as PARTNERS
from ui.projects.today import LINES as PROJECTS
from ui.sync_centre.today import LINES as SYNC_CENTRE
from ui.today.lines import TodayLine

LINES: dict[str, TodayLine] = {line.kind: line for line in (*PROJECTS, *PARTNERS, *SYNC_CENTRE)}
