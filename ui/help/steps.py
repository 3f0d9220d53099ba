"""The first week in steps: title, words, and the page each is done on."""

from i18n import mark

STEPS = (
    (
        mark("Sign in once"),
        mark(
            "While there is a connection, sign in to the platform. The directory of teachers comes "
            "to this computer. After that you need no internet to work."
        ),
        "settings",
    ),
    (
        mark("Find a partner"),
        mark(
            "Search the directory by words, country, language, subject or age. Give a star to "
            "people you like, and write a private note: it never leaves this computer."
        ),
        "partners",
    ),
    (
        mark("Draft your project"),
        mark(
            "Begin a project and fill in the form. There is no Save button: everything is kept "
            "as you type. Invite one of your contacts as co-founder; both of you can write in the same draft, even offline."
        ),
        "projects",
    ),
    (
        mark("Collect pupils' work"),
        mark(
            "Make a class, add the pupils, and drop their photos and texts on the page. Names "
            "stay on this computer. Only what you mark may be published, and only under a pseudonym."
        ),
        "pupil_work",
    ),
    (
        mark("Catch up"),
        mark(
            "When there is a connection, everything goes out by itself. The pill at the top right always "
            "tells how it stands. If something needs your answer, you find it in the sync centre."
        ),
        "sync_centre",
    ),
)
