"""The sentences themselves, by the codes that come from below; :mod:`ui.words` looks them up.

Every code that the platform, a sync or the store can send stands here: a test goes through them all.
"""

from i18n import mark

_MISUNDERSTANDING = mark(
    "TwinDesk and the platform did not understand each other about this file. Try again; if it stays so, report "
    "the problem."
)
_MISUNDERSTOOD = ("invalid_request", "no_length", "offset", "key_reused", "tus_version", "range")
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
    "too_many_projects": mark("You are in as many projects as the platform allows. Delete a draft first."),
    "too_many_invitations": mark("Very many of your invitations are still open. Wait for answers first."),
    "too_many_posts": mark("You have three open posts already. Take one down first."),
    "same_post": mark("You have posted this already. One post is enough: everybody sees it."),
    "post_is_closed": mark("This post was taken down in the meantime."),
    "no_permission": mark("Tick the box first, once you have the consent."),
    "exists": mark("The platform has this already. You can forget this line."),
    "no_such_project": mark("The platform does not know this project. It may have been deleted."),
    "too_many_requests": mark("You have asked very many people today. Try again tomorrow."),
    "declined": mark("This person declined your contact request. They can still ask you."),
    "project_full": mark("The project holds as much as a project may. Take something out of it, then try again."),
    "document_full": mark("This text or list holds as much as it may. Shorten it, then write on."),
    "unknown_kind": mark(
        "The platform is older than this TwinDesk and does not know this kind of thing yet. It is kept here; try "
        "again later."
    ),
    "unknown_command": mark(
        "The platform is older than this TwinDesk and does not know this step yet. It is kept here; try again later."
    ),
    "withdrawn": mark("This work was taken back in the meantime. Publish it anew if the consent is there."),
    "quota": mark("You have sent as much today as one account may. Try again tomorrow; nothing is lost."),
    "quota_bytes": mark(
        "There is no more room on the platform for files of yours or of this project. Take back works that are "
        "no longer needed, then try again."
    ),
    "too_many_uploads": mark("Too many uploads were begun and not finished. Let them finish, or try again tomorrow."),
    "teachers_only": mark(
        "This account belongs to an office. Projects are for teachers: sign in with a teacher's account."
    ),
    "gap": mark("An earlier part of this text did not reach the platform, so it could not take this one."),
    "damaged_edit": mark("The platform could not read what was written here. Copy the words and write them anew."),
    "not_a_pseudonym": mark(
        "The pupil's pseudonym is not a word and a number. Change it, then publish the work again: names stay on "
        "this computer."
    ),
    "gone": mark("It is not there any more, or not open to you any more."),
    "no_room": mark("The platform has no room just now. Try again later; the file is still on this computer."),
    "platform_full": mark("The platform takes in nothing new just now. Try again later; nothing is lost."),
    "busy": mark("The platform was busy. Try again; nothing is lost."),
    "too_heavy": mark(
        "The platform needs longer for these changes than it may. They wait here and are sent again later."
    ),
    "too_many": mark("Too much was asked of the platform at once. Wait a little, then try again."),
    "too_slow": mark("The connection was too slow for the platform. Try again where it is better."),
    "too_large": mark("This is larger than the platform takes. Make it smaller, then try again."),
    "no_such_file": mark("The platform does not have this file any more. Ask the partner to publish it anew."),
    "no_such_upload": mark("The platform has forgotten the begun upload. Try again: it begins anew."),
    "no_such_pack": mark("This part of the directory was replaced on the platform. The next sync fetches the new one."),
    "sign_in_needed": mark("The platform asks you to sign in again, then try once more."),
    "refused": mark("The platform refused this without saying why. Try again later, or report the problem."),
    "copy_damaged": mark(
        "The copy that was to be published cannot be read on this computer any more. Forget this line, then "
        "publish the work again."
    ),
    "unexpected": mark(
        "Something unexpected happened with this file. The others went on; try again, or report the problem."
    ),
    "bad_answer": mark(
        "The platform answered something about this file that TwinDesk does not understand. Try again later."
    ),
    **dict.fromkeys(_MISUNDERSTOOD, _MISUNDERSTANDING),
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
    "dns": mark(
        "The platform's address is not known on this network. Look at the connection, or at the address of the "
        "platform in the settings."
    ),
    "timeout": mark(
        "The connection is too slow just now. Everything is kept on this computer and goes out by itself later."
    ),
    "tls": mark(
        "No secure connection to the platform could be made. Everything is kept on this computer; it tries again "
        "by itself."
    ),
    "tls_untrusted": mark(
        "This network shows a certificate that this computer does not trust. A filter may be reading along; ask "
        "whoever looks after the network."
    ),
    "tls_other_name": mark(
        "Another site answered in the platform's place. Open a web page to see whether the network wants a "
        "sign-in of its own."
    ),
    "tls_expired": mark(
        "The platform's certificate has run out, or this computer's clock is wrong. Check date and time first."
    ),
    "tls_not_yet_valid": mark("This computer's clock seems to be behind. Set date and time, then sync again."),
    "proxy_unreachable": mark(
        "The network's proxy does not answer. Everything is kept on this computer and goes out by itself later."
    ),
    "proxy_refused": mark(
        "The network's proxy does not let TwinDesk through to the platform. Ask whoever looks after the network."
    ),
    "proxy_sign_in": mark(
        "The network here asks for a name and a password. Sign in to it; whoever looks after the network knows which."
    ),
    "network_sign_in": mark(
        "This network wants you to sign in first: open a web page in the browser. Nothing was lost."
    ),
    "bad_address": mark("The platform's address is not a web address. Correct it in the settings."),
    "plain_address": mark(
        "The address must begin with https://, so that nobody on the way can read along. Ask the support office for it."
    ),
    "not_a_platform": mark("Somebody answers at this address, but it is not a TwinDesk platform. Is it written right?"),
    "address_kept": mark(
        "The address stays as it is: somebody is signed in to this platform, or is just signing in. Nothing was changed."
    ),
    "no_platform": mark(
        "No platform is known yet; everything stays on this computer. Its address is asked for in the settings."
    ),
    "moved": mark(
        "The platform has moved to another address. Ask the support office for the new one; nothing was sent "
        "there by itself."
    ),
    "other_account": mark(
        "The sign-in on this computer was another teacher's. Nothing was sent; sign in with your own account."
    ),
    "keyring_locked": mark("The system's keyring is locked. Unlock it; TwinDesk then goes on by itself."),
    "too_large": mark(
        "Something on the way to the platform refuses pieces of this size. Everything is kept on this computer; "
        "tell the support office."
    ),
    "no_browser": mark(
        "No browser could be opened for the sign-in. Set a standard browser on this computer, then try again."
    ),
    "program": mark(
        "TwinDesk came upon a fault of its own. Everything is kept on this computer; it tries again later. "
        "“Report a problem” has the details."
    ),
    "disk_full": mark("The disk is full. Free some space, then sync again; nothing that is kept was lost."),
    "store_busy": mark("Another program is holding TwinDesk's files just now. It tries again by itself."),
    "store_read_only": mark("TwinDesk may not write to its folder. Ask for the right to write there, then sync again."),
    "disk_trouble": mark(
        "The disk did not do what it was asked. Try again, and have the disk looked at if it stays so."
    ),
    "store_damaged": mark("The store on this computer is damaged. Start TwinDesk again: it offers the best copy."),
    "file_damaged": mark("A file on this computer is damaged. Take it in again."),
    "file_missing_here": mark("A file is no longer on this computer's disk. Take it in again."),
}
NOT_SAVED = {
    "DiskFullError": mark("The disk of this computer is full. Free some space; it is saved by itself then."),
    "ReadOnlyError": mark("The folder of your work cannot be written: it is read-only. Tell the technician."),
    "BusyError": mark("Another program holds your work at the moment. TwinDesk tries again by itself."),
    "IoError": mark("The disk answered with an error. Is the drive still connected? TwinDesk tries again by itself."),
    "DocumentError": mark("This is more than a project can hold. Take some of it out."),
    "StoreError": mark("Your work on this computer could not be written. TwinDesk tries again by itself."),
    "StoreDamagedError": mark(
        "Your work on this computer is damaged in one place. Start TwinDesk again: it offers the best copy."
    ),
    "KeyringLockedError": mark("The system's keyring is locked. Unlock it; TwinDesk then goes on by itself."),
    "FileDamagedError": mark("A file on this computer is damaged. Take it in again."),
    "FileMissingError": mark("A file is no longer on this computer's disk. Take it in again."),
}
NOT_COPIED = {
    "DiskFullError": mark("There is no room for the copy. What was saved before it is there."),
    "ReadOnlyError": mark("Nothing can be written there. Choose another folder."),
    "FileDamagedError": mark("The file is damaged on this computer; no copy was saved."),
    "BusyError": mark("Another program has that file open. Close it there, or choose another name."),
    "StoreError": mark("The copy could not be written. Is the stick or drive still connected?"),
}
NOT_OPENED = {
    "StoreTooNewError": mark(
        "A newer version of TwinDesk wrote this store. Nothing was opened or changed. Install the newer version."
    ),
    "ProfileInUseError": mark(
        "TwinDesk is open already, or a sync is running. Use the open window, or wait a moment and start again."
    ),
    "DiskFullError": mark("The disk is full. Nothing was lost. Free some space, then try again."),
    "KeyMissingError": mark(
        "The key of this profile is not in the system's keyring: another system account, or a keyring that was "
        "reset. Sign in to the system as before, or ask the technician to restore the keyring."
    ),
    "KeyringLockedError": mark(
        "The system's keyring is locked or does not answer. The key of your work is in it. Unlock the keyring (it has "
        "the password of this computer's account), then try again."
    ),
    "ProfileFileError": mark(
        "The file profile.json of your work is damaged or gone, and so is its copy. Ask the technician to bring the "
        "folder back from a backup."
    ),
    "WrongKeyError": mark("This passphrase is not the right one. Nothing was changed."),
    "StoreDamagedError": mark("The store on this computer is damaged. The damaged file will be kept."),
    "BusyError": mark(
        "Another program holds TwinDesk's store: a virus scanner, a backup, or a network drive. Nothing was "
        "lost. Wait a moment and try again."
    ),
    "ReadOnlyError": mark(
        "TwinDesk cannot write to its folder. Nothing was changed. Ask the technician for the right to write there."
    ),
    "IoError": mark(
        "The disk did not do what it was asked. What was kept before is kept. Try again, and have the disk "
        "looked at if it happens again."
    ),
    "MigrationFailedError": mark(
        "The step to this version of the store failed and was taken back. Nothing was lost: the version before "
        "still opens it."
    ),
    "PassphraseNeededError": mark("A passphrase protects this profile. Start TwinDesk again and type it."),
    "StoreError": mark("The profile could not be opened. Nothing was changed."),
}
MORE_OF_NOT_OPENED = {
    "no_good_copy": mark("There is no good copy to go back to. Ask the technician; the damaged file is untouched."),
}
WHY_A_PASSPHRASE = {
    "none": mark("This computer has no keyring that works, so a passphrase protects your work."),
    "plain": mark("The keyring of this computer keeps nothing secret, so a passphrase protects your work."),
    "locked": mark("The keyring of this computer is locked or does not answer, so a passphrase protects your work."),
    "changed": mark(
        "The keyring of this computer gave back something else than it was given, so a passphrase protects your work."
    ),
}
NOT_TAKEN = {
    "not_yours": mark("You are not in this project any more, so what you wrote there was not taken."),
    "not_possible_now": mark("The project was closed, or your part in it changed, before this reached the platform."),
    "project_full": mark("The project holds as much as a project may."),
    "document_full": mark("This text or list holds as much as it may."),
    "gap": mark("An earlier part of this text did not reach the platform, so it could not take this one."),
    "damaged_edit": mark("What was written arrived in a form that the platform could not read."),
    "invalid": mark("The platform could not read what was written here."),
    "gone": mark("The project was deleted, or you are not in it any more."),
    "rebuilt": mark("While you were writing, the text was put back to what the platform has."),
    "exists": mark("The platform has something else in this place."),
    "unknown_kind": mark("The platform is older than this TwinDesk and does not know this kind of text yet."),
    "too_large": mark("This was more than can be sent at once."),
}
