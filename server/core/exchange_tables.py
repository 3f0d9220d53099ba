"""Tables of the exchange besides records and edits: devices, look-up keys, what was used of a quota."""

import peewee


class Device(peewee.Model):
    """A computer of an account. Its turn and the nonce of it, and those of the turn before, tell a copy from a repeat."""

    account_id = peewee.TextField()
    id = peewee.TextField()
    turn = peewee.BigIntegerField()
    nonce = peewee.TextField()
    before = peewee.TextField(default="")
    seen = peewee.DoubleField()

    class Meta:
        primary_key = peewee.CompositeKey("account_id", "id")


class RecordKey(peewee.Model):
    """Finds records by a field that their kind declares as a key."""

    kind = peewee.TextField()
    field = peewee.TextField()
    value = peewee.TextField()
    record_id = peewee.TextField()

    class Meta:
        table_name = "record_key"
        primary_key = peewee.CompositeKey("kind", "field", "value", "record_id")
        indexes = ((("kind", "record_id"), False),)


class Buried(peewee.Model):
    """What a deleted record said, for as long as its owner can bring it back. Nobody else is shown it."""

    kind = peewee.TextField()
    id = peewee.TextField()
    parent_id = peewee.TextField()
    fields = peewee.TextField()
    at = peewee.DoubleField()

    class Meta:
        primary_key = peewee.CompositeKey("kind", "id")
        indexes = ((("kind", "parent_id"), False), (("at",), False))


class Usage(peewee.Model):
    """How much of a quota was used: ``who`` is an account or a scope, ``day`` an ISO date or empty for ever."""

    who = peewee.TextField()
    what = peewee.TextField()
    day = peewee.TextField()
    amount = peewee.BigIntegerField()

    class Meta:
        primary_key = peewee.CompositeKey("who", "what", "day")


class SentMessage(peewee.Model):
    """What was written to whom, for the limits against mass mail. ``stranger``: they had never written back."""

    id = peewee.TextField(primary_key=True)
    from_id = peewee.TextField()
    to_id = peewee.TextField()
    at = peewee.DoubleField()
    text = peewee.TextField()
    stranger = peewee.BooleanField()

    class Meta:
        table_name = "sent_message"
        indexes = ((("from_id", "at"), False), (("from_id", "to_id"), False))


class DocumentAuthor(peewee.Model):
    """Whose a number is under which edits of a document are written."""

    document_id = peewee.TextField()
    number = peewee.BigIntegerField()
    scope = peewee.TextField(index=True)
    account_id = peewee.TextField()

    class Meta:
        table_name = "document_author"
        primary_key = peewee.CompositeKey("document_id", "number")


MODELS = [Device, DocumentAuthor, RecordKey, Buried, Usage, SentMessage]
