"""Sign-in that holds in parallel, exact times on PostgreSQL, and ages of remembered answers."""

TITLE = "sign-in in parallel, exact times"
_BOTH = (
    "alter table token add column used_at double precision not null default 0",
    "create index token_expires on token (expires)",
    "create index auth_code_expires on auth_code (expires)",
    "create table attempt (name text not null primary key, tokens double precision not null, "
    "at double precision not null)",
    "create index attempt_at on attempt (at)",
    "create table secret (name text not null primary key, value text not null)",
    "alter table applied add column at double precision not null default 0",
)
_POSTGRESQL = (  # its "real" has seven digits: a time was off by up to a minute
    "alter table token alter column expires type double precision",
    "alter table auth_code alter column expires type double precision",
    "alter table edit alter column at type double precision",
)


def statements(is_sqlite: bool) -> list[str]:
    """The SQL of this step."""
    return [*_BOTH] if is_sqlite else [*_BOTH, *_POSTGRESQL]
