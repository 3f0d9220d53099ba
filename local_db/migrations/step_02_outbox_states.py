"""Entries are sealed by their number; a record says only what differs from the server's."""

STATEMENTS = """
create index outbox_state on outbox (state);
update outbox set state = 'open' where state = 'sealed';
insert into setting select 'outbox_sealed', coalesce(max(n), 0) from outbox;
update record set fields = '' where fields = server_fields;
"""
