"""Documents of any kind: what each edit changed, states to compute an earlier one from, and words that were refused."""

STATEMENTS = """
    alter table document add column generation integer not null default 0;
    alter table document_update add column changed text;
    alter table document_update add column merged integer not null default 1;
    create table document_checkpoint (
        document_id text not null, seq integer not null, state blob not null, primary key (document_id, seq));
    create index document_scope on document (scope, kind);
    create table unsent_words (
        id text primary key, document_id text not null, field text not null, item_id text not null default '',
        text text not null, at real not null, reason text not null);
    create index unsent_words_document on unsent_words (document_id);
"""
