"""The platform's tables. A change here needs a step in ``server/core/migrations``, whose docstring tells how."""

import peewee

from server.core import exchange_tables


class School(peewee.Model):
    """A school as the demonstration's community knows it."""

    id = peewee.TextField(primary_key=True)
    name = peewee.TextField()
    town = peewee.TextField()
    country = peewee.TextField()


class Account(peewee.Model):
    """A person. ``role`` is teacher or office; an office decides for its country."""

    id = peewee.TextField(primary_key=True)
    email = peewee.TextField(unique=True)
    password = peewee.TextField()
    name = peewee.TextField()
    role = peewee.TextField()
    country = peewee.TextField()
    school_id = peewee.TextField(null=True)


class AuthCode(peewee.Model):
    """A code that a sign-in ended with, by its hash; it buys tokens once, before ``expires``."""

    hash = peewee.TextField(primary_key=True)
    account_id = peewee.TextField()
    challenge = peewee.TextField()
    redirect_uri = peewee.TextField()
    expires = peewee.DoubleField(index=True)

    class Meta:
        table_name = "auth_code"


class Token(peewee.Model):
    """Access and refresh tokens by their hash. ``parent`` is the hash of the refresh token it came from.

    ``used_at`` is when a refresh token was first traded, in seconds since 1970; 0 where it was not.
    """

    hash = peewee.TextField(primary_key=True)
    kind = peewee.TextField(index=True)
    family = peewee.TextField(index=True)
    parent = peewee.TextField(index=True)
    account_id = peewee.TextField()
    expires = peewee.DoubleField(index=True)
    used = peewee.BooleanField(default=False)
    used_at = peewee.DoubleField(default=0)


class Attempt(peewee.Model):
    """How many wrong passwords a name may still try: a token bucket. ``name`` is a keyed hash, never an address."""

    name = peewee.TextField(primary_key=True)
    tokens = peewee.DoubleField()
    at = peewee.DoubleField(index=True)


class Secret(peewee.Model):
    """Keys of the platform's own, made once, the same for all its processes."""

    name = peewee.TextField(primary_key=True)
    value = peewee.TextField()


class Scope(peewee.Model):
    """A stream of changes with its own sequence; ``oldest`` is where the kept history begins."""

    name = peewee.TextField(primary_key=True)
    seq = peewee.BigIntegerField(default=0)
    oldest = peewee.BigIntegerField(default=0)


class Record(peewee.Model):
    """A row that clients keep as well; ``fields`` is JSON, ``seq`` its place in the stream of its scope."""

    kind = peewee.TextField()
    id = peewee.TextField()
    scope = peewee.TextField()
    seq = peewee.BigIntegerField()
    revision = peewee.BigIntegerField()
    fields = peewee.TextField()
    owner_id = peewee.TextField()
    device = peewee.TextField()
    changed_at = peewee.DoubleField(default=0)

    class Meta:
        primary_key = peewee.CompositeKey("kind", "id")
        indexes = ((("scope", "seq"), False),)


class Document(peewee.Model):
    """A shared document as it stands: the merged Yjs update, and how much work it is (see ``merge_trial``)."""

    id = peewee.TextField(primary_key=True)
    scope = peewee.TextField()
    kind = peewee.TextField()
    state = peewee.BlobField()
    runs = peewee.BigIntegerField(default=0)
    pieces = peewee.BigIntegerField(default=-1)
    tried = peewee.BigIntegerField(default=0)


class Edit(peewee.Model):
    """One edit of a shared document, as its author sent it."""

    id = peewee.TextField(primary_key=True)
    scope = peewee.TextField()
    document_id = peewee.TextField()
    kind = peewee.TextField()
    seq = peewee.BigIntegerField()
    author_id = peewee.TextField()
    author = peewee.TextField()
    device = peewee.TextField()
    at = peewee.DoubleField()
    data = peewee.BlobField()

    class Meta:
        indexes = ((("scope", "seq"), False),)


class Applied(peewee.Model):
    """What became of a change, so that a repeat gets the same answer. ``at``: since when it is remembered, or 0."""

    account_id = peewee.TextField()
    id = peewee.TextField()
    status = peewee.TextField()
    revision = peewee.BigIntegerField()
    code = peewee.TextField()
    replaced = peewee.TextField(default="{}")
    at = peewee.DoubleField(default=0)

    class Meta:
        primary_key = peewee.CompositeKey("account_id", "id")


class Member(peewee.Model):
    """Who belongs to a project: founder or cofounder; ``state`` is invited, member, gone or deleted with the project.

    ``joined_seq``: how far the project had come when an invited person became a member.
    """

    project_id = peewee.TextField()
    account_id = peewee.TextField(index=True)
    role = peewee.TextField()
    state = peewee.TextField()
    joined_seq = peewee.BigIntegerField(default=0)

    class Meta:
        primary_key = peewee.CompositeKey("project_id", "account_id")


class Project(peewee.Model):
    """A project's state, why an office returned it, and which offices have approved (JSON)."""

    id = peewee.TextField(primary_key=True)
    state = peewee.TextField()
    reason = peewee.TextField(default="")
    approvals = peewee.TextField(default="[]")
    deleted_at = peewee.DoubleField(default=0)


class Upload(peewee.Model):
    """A tus upload that no material came of yet. ``id`` is the client's own where it names one.

    ``finished``: all bytes came and are checked. ``sha256`` is empty until then if it was not announced. ``at`` is
    when it last moved, in seconds since 1970.
    """

    id = peewee.TextField(primary_key=True)
    account_id = peewee.TextField(index=True)
    project_id = peewee.TextField(index=True)
    sha256 = peewee.TextField(index=True)
    size = peewee.BigIntegerField()
    filename = peewee.TextField()
    finished = peewee.BooleanField(default=False)
    at = peewee.DoubleField(default=0)


class MaterialFile(peewee.Model):
    """Which kept file a published material needs; ``size`` in bytes."""

    material_id = peewee.TextField(primary_key=True)
    project_id = peewee.TextField(index=True)
    account_id = peewee.TextField(index=True)
    sha256 = peewee.TextField(index=True)
    size = peewee.BigIntegerField()

    class Meta:
        table_name = "material_file"


class Erasure(peewee.Model):
    """A file that may have lost its last user; written with the step that took it away."""

    sha256 = peewee.TextField(primary_key=True)


class DirectoryEntry(peewee.Model):
    """A teacher's entry in the directory: as it is (``fields``), and as the packs have it (``published``, or empty).

    ``keepable`` is the owner's choice to be kept on others' computers; ``dirty`` waits for the next publication.
    """

    id = peewee.TextField(primary_key=True)
    country = peewee.TextField()
    fields = peewee.TextField()
    published = peewee.TextField(default="")
    keepable = peewee.BooleanField(default=True)
    expires = peewee.TextField()
    dirty = peewee.BooleanField(default=True, index=True)

    class Meta:
        table_name = "card"
        indexes = ((("country",), False), (("expires",), False))


MODELS = [
    DirectoryEntry,
    Erasure,
    School,
    Account,
    AuthCode,
    Token,
    Attempt,
    Secret,
    Scope,
    Record,
    Document,
    Edit,
    Applied,
    MaterialFile,
    Member,
    Project,
    Upload,
    *exchange_tables.MODELS,
]
