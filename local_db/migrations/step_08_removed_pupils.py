"""Classes and pupils can lie in the bin too; ``removed_with`` is the id of the class or pupil something went there with."""

STATEMENTS = """
alter table school_class add column removed_at real;
alter table school_class add column removed_day integer;
alter table pupil add column removed_at real;
alter table pupil add column removed_day integer;
alter table pupil add column removed_with text not null default '';
alter table work add column removed_with text not null default '';
drop index pupil_list;
create index pupil_list on pupil (class_id, removed_at, id, name, pseudonym);
"""
