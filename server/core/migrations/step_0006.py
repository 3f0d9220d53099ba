"""How much work it is to load each shared document, so that none is made to keep the platform busy."""

TITLE = "weight of documents"


def statements(is_sqlite: bool) -> list[str]:
    """The SQL of this step."""
    return [
        "alter table document add column runs bigint not null default 0",
        "alter table document add column pieces bigint not null default -1",
        "alter table document add column tried bigint not null default 0",
    ]
