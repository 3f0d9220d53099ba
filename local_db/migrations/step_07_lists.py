"""Lists are read from indexes that hold all they show: a row with a text of 50 kB or a picture is not opened for them.

What stands behind the picture in a row of works can only be reached through the whole picture.
"""

STATEMENTS = """
create index work_list on work (
    pupil_id, removed_at, at, id, title, filename, kind, sha256, size, permitted, thumbnail is not null);
create index work_removed on work (removed_at, id, removed_day) where removed_at is not null;
create index pupil_list on pupil (class_id, id, name, pseudonym);
create index document_list on document (kind, at, id, json_extract(fields, '$.title'));
create index outbox_commands on outbox (target_kind, target_id, n, state) where kind = 'command';
create index transfer_state on transfer (state, id);
create index record_unreadable on record (kind, id) where unreadable = 1;
"""
