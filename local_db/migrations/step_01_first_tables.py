"""The tables of the first version."""

STATEMENTS = """
create table setting (name text primary key, value text not null);

create table cursor (scope text primary key, seq integer not null);
create table outbox (
    n integer primary key autoincrement, id text not null unique, kind text not null,
    scope text not null, target_kind text not null, target_id text not null,
    body text not null, data blob, base_revision integer not null default 0,
    state text not null default 'open', reason text not null default '', at real not null);
create index outbox_target on outbox (target_kind, target_id);
create table record (
    kind text not null, id text not null, scope text not null, revision integer not null,
    server_fields text not null, fields text not null, deleted integer not null default 0,
    primary key (kind, id)) without rowid;
create index record_scope on record (scope, kind);
create table conflict (
    id text primary key, kind text not null, record_id text not null, field text not null,
    mine text not null, theirs text not null, at real not null);

create table document (id text primary key, scope text not null, kind text not null,
    state blob not null, fields text not null, at real not null);
create table document_update (
    n integer primary key autoincrement, id text not null unique, document_id text not null,
    seq integer, author_id text not null, author text not null, at real not null, data blob not null);
create index document_update_document on document_update (document_id, seq);

create table partner (
    rowid integer primary key, id text not null unique, country text not null, name text not null,
    school text not null, town text not null, role text not null, languages text not null,
    subjects text not null, age_from integer not null, age_to integer not null,
    about text not null, available integer not null, last_active text not null);
create table partner_tag (tag text not null, partner integer not null, primary key (tag, partner)) without rowid;
create index partner_tag_partner on partner_tag (partner);
create virtual table partner_text using fts5 (words, content='', contentless_delete=1, tokenize='unicode61');
create table partner_pack (country text primary key, version text not null, at real not null);
create table partner_star (partner_id text primary key, at real not null);
create table partner_note (partner_id text primary key, text text not null, at real not null);

create table school_class (id text primary key, name text not null, at real not null);
create table pupil (id text primary key, class_id text not null references school_class(id),
    name text not null, pseudonym text not null, at real not null);
create table work (
    id text primary key, pupil_id text not null references pupil(id), title text not null,
    filename text not null, kind text not null, sha256 text not null, size integer not null,
    thumbnail blob, permitted integer not null default 0, at real not null, removed_at real);
create table transfer (
    id text primary key, direction text not null, project_id text not null, material_id text not null,
    sha256 text not null, size integer not null, url text not null default '', done integer not null default 0,
    state text not null default 'waiting', reason text not null default '', body text not null default '{}');
"""
