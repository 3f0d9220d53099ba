"""What ``main.py serve`` understands; apart from its doing, so that reading a command line loads no server."""

import argparse
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options and steps of ``serve`` to a parser."""
    parser.add_argument(
        "--data", type=Path, default=Path("platform-data"), help="folder for files and the SQLite database"
    )
    parser.add_argument("--database", help="postgresql://... ; without it, SQLite in the data folder")
    steps = parser.add_subparsers(dest="action", metavar="run|seed|publish|review|audit|migrate")
    run = steps.add_parser("run", help="answer clients until stopped (the default)")
    for one in (parser, run):
        one.add_argument("--host", default="127.0.0.1")
        one.add_argument("--port", type=int, default=8765)
        one.add_argument("--workers", type=int, default=1, metavar="N", help="processes; more than one need PostgreSQL")
        one.add_argument(
            "--trusted-proxy",
            action="append",
            default=[],
            metavar="CIDR",
            help="a proxy whose X-Forwarded-For is believed, such as 10.0.0.2/32; may be given again",
        )
    steps.add_parser("seed", help="fill an empty platform with the demonstration's community")
    steps.add_parser("publish", help="put what changed of teachers' entries into the directory now")
    review = steps.add_parser("review", help="list, approve or return projects as a national office")
    review.add_argument("decision", choices=("list", "approve", "return"))
    review.add_argument("--country", help="the office's country, such as TR")
    review.add_argument("--project", help="the project's id")
    review.add_argument("--reason", default="", help="why a project is returned; its founders read this")
    steps.add_parser("audit", help="print what the platform holds of files and records, as JSON")
    migrate = steps.add_parser("migrate", help="bring the database's tables up to this program; `run` does so too")
    migrate.add_argument("--dry-run", action="store_true", help="print the steps that are missing, and change nothing")
