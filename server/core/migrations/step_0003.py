"""Which kept file each published material needs, and when an upload last moved."""

import json

from server.core.migrations import Execute

TITLE = "who needs a kept file"
_TEXT = "text not null"


def statements(is_sqlite: bool) -> list[str]:
    """The SQL of this step."""
    return [
        "alter table upload add column at double precision not null default 0",
        "create index upload_account_id on upload (account_id)",
        "create index upload_project_id on upload (project_id)",
        "create index upload_sha256 on upload (sha256)",
        f"create table material_file (material_id {_TEXT} primary key, project_id {_TEXT}, account_id {_TEXT}, "
        f"sha256 {_TEXT}, size bigint not null)",
        "create index material_file_project_id on material_file (project_id)",
        "create index material_file_account_id on material_file (account_id)",
        "create index material_file_sha256 on material_file (sha256)",
    ]


def convert(execute: Execute) -> None:
    """The materials that are published already."""
    for material_id, scope, owner, text in execute(
        "select id, scope, owner_id, fields from record where kind = ?", "material"
    ):
        fields = json.loads(text)
        if fields.get("sha256") and not fields.get("deleted"):
            values = (material_id, scope.removeprefix("project:"), owner, fields["sha256"], int(fields["size"]))
            execute("insert into material_file values (?, ?, ?, ?, ?)", *values)
