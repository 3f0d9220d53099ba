"""The names that routes of other packages need of accounts."""

from server.accounts.passwords import hash_password
from server.accounts.signed_in import Db, Teacher

SignedIn = Teacher  # a route that says no more is a teacher's

__all__ = ["Db", "SignedIn", "Teacher", "hash_password"]
