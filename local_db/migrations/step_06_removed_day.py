"""Removed works keep the count of days at their removal: a jumping clock deletes nothing early."""

STATEMENTS = "alter table work add column removed_day integer;"
