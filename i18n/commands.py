"""The translator's commands: ``python -m i18n.commands extract|update|compile|check``.

``extract`` gathers every text of the program, ``update`` brings the catalogs up to date and compiles them,
``check`` tells what is missing or wrong and exits 1 if anything is.
"""

import ast
import io
import string
import sys
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.plurals import get_plural
from babel.messages.pofile import read_po, write_po

from i18n.catalog import DOMAIN, FOLDER

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("app", "ui", "sync", "local_db", "i18n")
KEYWORDS = {"_": None, "mark": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2)}
FIRST_DAY = datetime(2026, 11, 24, tzinfo=UTC)  # fixed, so that a catalog changes only with its texts
HEADER = "# Texts of the TwinDesk window. Licence as the program."
TEMPLATE = FOLDER / f"{DOMAIN}.pot"


def extract() -> Catalog:
    """Every text in the program's source, as a template without dates, so that it only changes with the texts."""
    template = Catalog(
        project="TwinDesk",
        version="1",
        copyright_holder="the TwinDesk founders",
        charset="utf-8",
        fuzzy=False,
        creation_date=FIRST_DAY,
        revision_date=FIRST_DAY,
        header_comment=HEADER,
    )
    for room in ROOMS:
        found = extract_from_dir(str(ROOT / room), [("**.py", "python")], keywords=KEYWORDS, comment_tags=("i18n:",))
        for filename, _line, message, comments, context in found:
            template.add(message, locations=[(f"{room}/{filename}", 0)], auto_comments=comments, context=context)
    return template


def update() -> None:
    """Write the template, bring each language's catalog up to date and compile it."""
    template = extract()
    TEMPLATE.write_bytes(_as_po(template))
    for path in catalogs():
        catalog = read_catalog(path)
        catalog.update(template, no_fuzzy_matching=True)
        catalog.obsolete.clear()
        catalog.header_comment, catalog.revision_date, catalog.version = HEADER, FIRST_DAY, "1"
        catalog.last_translator = catalog.language_team = "the TwinDesk founders"
        path.write_bytes(_as_po(catalog))
        path.with_suffix(".mo").write_bytes(compiled(catalog))


def catalogs() -> list[Path]:
    """The catalogs of all languages but English."""
    return sorted(FOLDER.glob(f"*/LC_MESSAGES/{DOMAIN}.po"))


def read_catalog(path: Path) -> Catalog:
    """A language's catalog. Raises babel's PoFileError for one that is broken."""
    with path.open("rb") as file:
        return read_po(file, locale=path.parent.parent.name, abort_invalid=True)


def compiled(catalog: Catalog) -> bytes:
    """The binary form of a catalog."""
    target = io.BytesIO()
    write_mo(target, catalog)
    return target.getvalue()


def check() -> list[str]:
    """What is wrong with the catalogs, a line each: old template, missing texts, placeholders, plurals, old binaries."""
    template = extract()
    wrong = [] if TEMPLATE.exists() and TEMPLATE.read_bytes() == _as_po(template) else [f"{TEMPLATE.name}: out of date"]
    for path in catalogs():
        catalog = read_catalog(path)
        name = path.parent.parent.name
        wrong += [f"{name}: {problem}" for message in template if message.id for problem in _problems(catalog, message)]
        wrong += [f"{name}: no longer used: {m.id!r}" for m in catalog if m.id and not _find(template, m)]
        binary = path.with_suffix(".mo")
        if not binary.exists() or binary.read_bytes() != compiled(catalog):
            wrong.append(f"{name}: {binary.name} does not match {path.name}")
    return wrong + _in_f_strings()


def _in_f_strings() -> list[str]:
    """Texts inside f-strings: the extractor sees them from Python 3.12 on, so the template would not be the same for all."""
    found = []
    for path in (path for room in ROOMS for path in (ROOT / room).rglob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        inside = (node for outer in ast.walk(tree) if isinstance(outer, ast.JoinedStr) for node in ast.walk(outer))
        found += [
            f"{path.relative_to(ROOT)}:{node.lineno}: take this text out of its f-string: {node.args[0].value!r}"
            for node in inside
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in KEYWORDS
            and node.args
            and isinstance(node.args[0], ast.Constant)
        ]
    return found


def _problems(catalog: Catalog, source: Message) -> list[str]:
    found = _find(catalog, source)
    if found is None or found.fuzzy:
        return [f"not translated: {source.id!r}"]
    texts = found.string if isinstance(found.string, tuple | list) else (found.string,)
    forms = get_plural(str(catalog.locale)).num_plurals if isinstance(source.id, tuple | list) else 1
    if len(texts) != forms or not all(texts):
        return [f"not translated in all {forms} forms: {source.id!r}"]
    wanted = _placeholders(source.id[-1] if isinstance(source.id, tuple | list) else source.id)
    return [f"placeholders differ: {source.id!r} / {text!r}" for text in texts if _placeholders(text) != wanted]


def _find(catalog: Catalog, message: Message) -> Message | None:
    return catalog.get(message.id[0] if isinstance(message.id, tuple | list) else message.id, message.context)


def _placeholders(text: str) -> set[str]:
    return {name for _text, name, _spec, _conversion in string.Formatter().parse(text) if name is not None}


def _as_po(catalog: Catalog) -> bytes:
    target = io.BytesIO()
    write_po(target, catalog, width=110, sort_output=True, omit_header=not catalog.locale, include_lineno=False)
    return target.getvalue()


def main(words: list[str]) -> int:
    """Do what the command line says; returns the exit code."""
    steps = {"extract": lambda: TEMPLATE.write_bytes(_as_po(extract())), "update": update, "compile": _compile_all}
    if words == ["check"]:
        wrong = check()
        print("\n".join(wrong) or "All texts are translated.")
        return 1 if wrong else 0
    if len(words) != 1 or words[0] not in steps:
        print(__doc__)
        return 2
    steps[words[0]]()
    return 0


def _compile_all() -> None:
    for path in catalogs():
        path.with_suffix(".mo").write_bytes(compiled(read_catalog(path)))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
