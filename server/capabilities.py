"""All that the platform can do, put together: the handlers of every command, and who hears of people's changes."""

from server.contacts import commands as contacts
from server.core.capabilities import Capabilities
from server.directory import entries
from server.directory import routes as directory
from server.messages import commands as messages
from server.posts import commands as posts
from server.projects import commands as projects
from server.pupil_work import files, materials

ALL = Capabilities(
    commands={
        **contacts.COMMANDS,
        **messages.COMMANDS,
        **posts.COMMANDS,
        **projects.COMMANDS,
        **materials.COMMANDS,
    },
    after_record={"profile": entries.own_changes},
    afterwards={"withdraw_material": files.erase_withdrawn},
    versions={"directory": directory.version, "vocabularies": lambda _data: directory.vocabulary_version()},
)
