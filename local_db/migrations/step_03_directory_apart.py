"""The directory has a file of its own; stars have folders, searches are kept, partners are followed up."""

STATEMENTS = """
drop table partner_text;
drop table partner_tag;
drop table partner;
drop table partner_pack;
delete from setting where name = 'directory_version';
create table partner_folder (id text primary key, name text not null, at real not null);
alter table partner_star add column folder_id text not null default '';
create table saved_search (
    id text primary key, name text not null, query text not null, newest integer not null, at real not null);
create table follow_up (
    partner_id text primary key, remind_on text not null default '', silent integer not null default 0,
    at real not null);
"""
