"""What the program can do, in the order of the side bar. Each capability declares its page, actions and lines itself.

To add one: a folder with ``actions.py`` (``entry`` and ``actions``, perhaps ``finders``), its page, perhaps ``today.py``, and a
line here.
"""

from ui.actions import Action, Entry, Finder
from ui.bin import actions as bin_
from ui.help import actions as help_
from ui.host import Host
from ui.messages import actions as messages
from ui.partners import actions as partners
from ui.posts import actions as posts
from ui.profile import actions as profile
from ui.projects import actions as projects
from ui.pupil_work import actions as pupil_work
from ui.settings import actions as settings
from ui.sync_centre import actions as sync_centre
from ui.today import actions as today

CAPABILITIES = (today, projects, partners, messages, posts, pupil_work, sync_centre, profile, bin_, settings, help_)


def entries() -> list[Entry]:
    """The pages of the side bar, in the present language."""
    return [capability.entry() for capability in CAPABILITIES]


def actions(host: Host) -> list[Action]:
    """What can be done from the menus, in the present language."""
    return [action for capability in CAPABILITIES for action in capability.actions(host)]


def finders(host: Host) -> list[Finder]:
    """What Ctrl+K finds besides actions, in the present language."""
    declared = [getattr(capability, "finders", None) for capability in CAPABILITIES]
    return [finder for finders_of in declared if finders_of for finder in finders_of(host)]
