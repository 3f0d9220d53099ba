"""Whose each author's number in a shared document is, so that nobody writes on under another's."""

TITLE = "authors of documents"


def statements(is_sqlite: bool) -> list[str]:
    """The SQL of this step."""
    return [
        "create table document_author (document_id text not null, number bigint not null, scope text not null, "
        "account_id text not null, primary key (document_id, number))",
        "create index document_author_scope on document_author (scope)",
    ]
