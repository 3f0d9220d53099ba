"""The tables of the first platforms. Those that have them already are adopted: nothing here replaces a table."""

TITLE = "the first tables"
STATEMENTS = (
    """create table if not exists card (
        id text not null primary key, country text not null, fields text not null, published text not null,
        keepable boolean not null, expires text not null, dirty boolean not null)""",
    "create index if not exists card_dirty on card (dirty)",
    "create index if not exists card_country on card (country)",
    "create index if not exists card_expires on card (expires)",
    "create table if not exists erasure (sha256 text not null primary key)",
    """create table if not exists school (
        id text not null primary key, name text not null, town text not null, country text not null)""",
    """create table if not exists account (
        id text not null primary key, email text not null, password text not null, name text not null,
        role text not null, country text not null, school_id text)""",
    "create unique index if not exists account_email on account (email)",
    """create table if not exists auth_code (
        hash text not null primary key, account_id text not null, challenge text not null,
        redirect_uri text not null, expires real not null)""",
    """create table if not exists token (
        hash text not null primary key, kind text not null, family text not null, parent text not null,
        account_id text not null, expires real not null, used boolean not null)""",
    "create index if not exists token_kind on token (kind)",
    "create index if not exists token_family on token (family)",
    "create index if not exists token_parent on token (parent)",
    """create table if not exists scope (
        name text not null primary key, seq bigint not null, oldest bigint not null)""",
    """create table if not exists record (
        kind text not null, id text not null, scope text not null, seq bigint not null,
        revision bigint not null, fields text not null, owner_id text not null, device text not null,
        primary key (kind, id))""",
    "create index if not exists record_scope_seq on record (scope, seq)",
    """create table if not exists document (
        id text not null primary key, scope text not null, kind text not null, state {blob} not null)""",
    """create table if not exists edit (
        id text not null primary key, scope text not null, document_id text not null, kind text not null,
        seq bigint not null, author_id text not null, author text not null, device text not null,
        at real not null, data {blob} not null)""",
    "create index if not exists edit_scope_seq on edit (scope, seq)",
    """create table if not exists applied (
        account_id text not null, id text not null, status text not null, revision bigint not null,
        code text not null, replaced text not null, primary key (account_id, id))""",
    """create table if not exists member (
        project_id text not null, account_id text not null, role text not null, state text not null,
        primary key (project_id, account_id))""",
    "create index if not exists member_account_id on member (account_id)",
    """create table if not exists project (
        id text not null primary key, state text not null, reason text not null, approvals text not null)""",
    """create table if not exists upload (
        id text not null primary key, account_id text not null, project_id text not null,
        sha256 text not null, size bigint not null, filename text not null, finished boolean not null)""",
)


def statements(is_sqlite: bool) -> list[str]:
    """The SQL of this step."""
    blob = "blob" if is_sqlite else "bytea"
    return [statement.format(blob=blob) for statement in STATEMENTS]
