"""The kinds of shared documents, declared once for both sides."""

from app.rules.projects import FORM, Field
from sync.protocol.document_parts import DocumentKind, ListPart, Part, ScalarPart, SetPart, TextPart


def _part(field: Field) -> Part:
    if field.kind == "number":
        return ScalarPart(field.name, "int", field.lowest, field.limit)
    if field.kind == "set":
        return SetPart(field.name, field.limit, field.vocabulary)
    return TextPart(field.name, field.limit)


PROJECT_DRAFT = DocumentKind(
    "project_draft", tuple(_part(field) for field in FORM), write="edit_draft", read="read_invitation"
)

TASK_LIST = DocumentKind(
    "task_list",
    (
        TextPart("title", 200),
        ListPart(
            "tasks",
            (
                TextPart("text", 2_000),
                TextPart("who", 200),
                ScalarPart("until", "str", highest=10, default=""),  # an ISO day, or empty
                ScalarPart("done", "bool", default=False),
            ),
            500,
        ),
        ScalarPart("deleted", "bool", default=False),  # in the bin: who deletes a list can always take it back
    ),
    write="edit_task_list",
    identity="free",
    topic="task_lists",
)

DOCUMENT_KINDS: dict[str, DocumentKind] = {kind.name: kind for kind in (PROJECT_DRAFT, TASK_LIST)}


def kind_named(name: str) -> DocumentKind:
    """The kind of that name; one of a newer version has no parts that are known here, and is kept as it comes."""
    return DOCUMENT_KINDS.get(name) or DocumentKind(name, (), write="", identity="free")
