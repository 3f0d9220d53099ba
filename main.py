"""TwinDesk: eTwinning at the teacher's own desk, online or not. ``main.py --help`` tells the commands."""

import argparse
import sys
from pathlib import Path

from app.console import use_utf8
from server.arguments import add_arguments


def main(words: list[str] | None = None) -> int:
    """Run one command; without one, open the window on the user's own profile."""
    use_utf8()
    parser = _parser()
    options = parser.parse_args(words)
    commands = {None: _window, "demo": _demo, "serve": _serve, "sync": _sync, "doctor": _doctor, "file": _file}
    return int(commands[options.command](options))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="main.py", description=__doc__)
    _profile_arguments(parser)
    commands = parser.add_subparsers(dest="command", metavar="demo|serve|sync|doctor|file")
    demo = commands.add_parser("demo", help="try everything with an invented community; nothing is kept")
    demo.add_argument("--tour", action="store_true", help="run the guided week by itself and report each step")
    demo.add_argument("--week", choices=("usual", "worst"), default="usual", help="the tour's week")
    demo.add_argument("--report", type=Path, default=Path("tour-report"), help="folder for the tour's screenshots")
    demo.add_argument("--language", default="en", help="language of the tour: en or tr")
    demo.add_argument("--type-until-killed", type=Path, help=argparse.SUPPRESS)  # the tour's own child
    serve = commands.add_parser("serve", help="run the reference platform, or act as a national office")
    add_arguments(serve)
    sync = commands.add_parser("sync", help="sync once without a window")
    sync.add_argument("--json", action="store_true", help="print the result as JSON")
    doctor = commands.add_parser("doctor", help="check store, key, connection, versions and disk; says what to do")
    file = commands.add_parser(
        "file", help="say what becomes of a pupil's file: taken in or not, and what leaves of it"
    )
    file.add_argument("file", type=Path, metavar="FILE")
    file.add_argument("--clean", type=Path, metavar="OUT", help="write the copy that would leave; replaces nothing")
    file.add_argument("--json", action="store_true", help="print the result as JSON")
    for command in (sync, doctor):
        _profile_arguments(command)
    return parser


def _profile_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--profile", type=Path, default=argparse.SUPPRESS, help="folder of the profile")
    parser.add_argument("--server", default=argparse.SUPPRESS, help="address of the platform")


def _profile(options: argparse.Namespace) -> Path:
    import platformdirs

    default = platformdirs.user_data_path("TwinDesk", appauthor=False) / "profiles" / "default"
    return Path(getattr(options, "profile", default))


def _qt_is_missing_something() -> bool:
    from app.system_libraries import advice

    if found := advice():
        print(found, file=sys.stderr)
    return bool(found)


def _window(options: argparse.Namespace) -> int:
    if _qt_is_missing_something():
        return 1
    from ui.start.program import run

    return run(_profile(options), getattr(options, "server", None))


def _demo(options: argparse.Namespace) -> int:
    if _qt_is_missing_something():
        return 1
    from ui.start.program import has_display

    if options.type_until_killed:
        from ui.demo.typing_child import type_until_killed

        return type_until_killed(options.type_until_killed)
    if options.tour or not has_display():
        from ui.demo.tour import run_tour

        return run_tour(options.report, options.language, options.week)
    from ui.demo.session import run_demo

    return run_demo()


def _serve(options: argparse.Namespace) -> int:
    from server import command_line

    return command_line.main(options)


def _sync(options: argparse.Namespace) -> int:
    from app.headless import sync_once

    return sync_once(_profile(options), getattr(options, "server", None), options.json)


def _doctor(options: argparse.Namespace) -> int:
    from app.doctor import examine

    return examine(_profile(options), getattr(options, "server", None))


def _file(options: argparse.Namespace) -> int:
    from app.file_command import Sentences, examine
    from i18n import use_language
    from ui import leaving_words

    use_language(None)
    return examine(options.file, options.clean, options.json, Sentences(leaving_words.not_taken, leaving_words.leaves))


if __name__ == "__main__":
    sys.exit(main())
