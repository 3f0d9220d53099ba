"""A scope can be read anew while what is known of it stays to be seen; what nobody can read is marked."""

STATEMENTS = """
    alter table record add column stale integer not null default 0;
    alter table record add column unreadable integer not null default 0;
    alter table cursor add column began integer not null default 0;
    """
