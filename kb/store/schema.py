"""Tables. A release is not copied: every version row says from which release to which it can be answered."""

from __future__ import annotations

from sqlalchemy import (
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

release = Table(
    "release",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("created_at", DateTime, nullable=False),
    Column("note", Text, nullable=False),
    Column("entries", Integer, nullable=False),
    Column("passages", Integer, nullable=False),
)


def _version_columns(item: str) -> list[Column[object] | UniqueConstraint | Index]:
    """Columns shared by everything that is versioned; `item` names the id column."""
    return [
        Column("id", Integer, primary_key=True),
        Column(item, String(120), nullable=False),
        Column("version", Integer, nullable=False),
        Column("status", String(12), nullable=False),
        Column("digest", String(64), nullable=False),
        Column("payload", Text, nullable=False),
        Column("origin", String(400), nullable=False),
        Column("author", String(80), nullable=False),
        Column("reason", Text, nullable=False),
        Column("created_at", DateTime, nullable=False),
        Column("release_from", Integer, ForeignKey("release.number")),
        Column("release_to", Integer, ForeignKey("release.number")),
        UniqueConstraint(item, "version"),
        Index(None, "release_from"),
        Index(None, "origin"),
        Index(None, "status"),
        Index(None, "release_from", "release_to", item),  # counts and compares releases without reading a content
    ]


entry_version = Table("entry_version", metadata, *_version_columns("entry_id"))
document_version = Table("document_version", metadata, *_version_columns("document_id"))

passage = Table(
    "passage",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("document_pk", Integer, ForeignKey("document_version.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("ordinal", Integer, nullable=False),
    Column("passage_id", String(140), nullable=False, index=True),
    Column("payload", Text, nullable=False),
)

ingest_file = Table(
    "ingest_file",
    metadata,
    Column("name", String(400), primary_key=True),
    Column("digest", String(64), nullable=False),
    Column("settings", String(64), nullable=False),
    Column("at", DateTime, nullable=False),
)

account = Table(
    "account",
    metadata,
    Column("name", String(80), primary_key=True),
    Column("role", String(20), nullable=False),
    Column("disabled", Integer, nullable=False, default=0),
    Column("created_at", DateTime, nullable=False),
    Column("department", String(80), nullable=False, default="", server_default=text("''")),
    Column("region", String(80), nullable=False, default="", server_default=text("''")),
    Column("password_hash", String(200)),
    Column("failures", Integer, nullable=False, default=0, server_default="0"),
    Column("locked_until", DateTime),
)

credential = Table(
    "credential",
    metadata,
    Column("secret_hash", String(64), primary_key=True),
    Column("kind", String(10), nullable=False),
    Column("account", String(80), ForeignKey("account.name", ondelete="CASCADE"), nullable=False, index=True),
    Column("created_at", DateTime, nullable=False),
    Column("expires_at", DateTime),
    Column("used_at", DateTime),
    Column("label", String(80), nullable=False, default=""),
    Column("scope", String(200), nullable=False, default="", server_default=text("''")),
    Column("seen_at", DateTime),
)

audit_event = Table(
    "audit_event",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", DateTime, nullable=False, index=True),
    Column("actor", String(80), nullable=False),
    Column("action", String(40), nullable=False),
    Column("target", String(200), nullable=False),
    Column("version", Integer),
    Column("release", Integer),
    Column("detail", Text, nullable=False),
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
)

# The only table beside work orders that holds a caller's phone and customer number, in named columns, for a day.
phone_call = Table(
    "phone_call",
    metadata,
    Column("call_id", String(40), primary_key=True),
    Column("account", String(80), nullable=False),
    Column("department", String(80), nullable=False),
    Column("region", String(80), nullable=False),
    Column("phone", String(40), nullable=False),
    Column("customer", String(40), nullable=False),
    Column("created_at", DateTime, nullable=False, index=True),
)

feedback = Table(
    "feedback",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("token", String(40), nullable=False, unique=True),
    Column("at", DateTime, nullable=False, index=True),
    Column("account", String(80), nullable=False),
    Column("department", String(80), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("text_masked", Text, nullable=False),
    Column("facts", Text, nullable=False),
    Column("release", Integer, nullable=False),
    Column("as_of", String(10), nullable=False),
    Column("entry_id", String(140), nullable=False),
    Column("note", Text, nullable=False),
)

suggestion_log = Table(
    "suggestion_log",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", DateTime, nullable=False, index=True),
    Column("text_masked", Text, nullable=False),
    Column("facts", Text, nullable=False),
    Column("as_of", String(10), nullable=False),
    Column("release", Integer, nullable=False),
    Column("band", String(6), nullable=False),
    Column("answers", Text, nullable=False),
    Column("took_ms", Integer, nullable=False),
    Column("account", String(80), nullable=False),
    Column("call_id", String(40), nullable=False, default="", server_default=text("''")),
    Column("outages", Text, nullable=False, default="[]", server_default=text("'[]'")),
)

# Personal data of callers stands in columns of its own, never inside a text; `content` and `details` are masked.
work_order = Table(
    "work_order",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("number", String(24), nullable=False, unique=True),
    Column("form", String(20), nullable=False, index=True),
    Column("stage", String(8), nullable=False, index=True),
    Column("version", Integer, nullable=False),
    Column("call_type", String(8), nullable=False),
    Column("category", String(20), nullable=False),
    Column("region", String(80), nullable=False, default=""),
    Column("department", String(80), nullable=False, default=""),
    Column("assignee", String(80)),
    Column("urgent", Integer, nullable=False, default=0),
    Column("anonymous", Integer, nullable=False, default=0),
    Column("related_id", Integer, ForeignKey("work_order.id")),
    Column("account_no", String(20), index=True),
    Column("account_name", String(80)),
    Column("contact", String(80)),
    Column("phone", String(20), index=True),
    Column("address", String(200)),
    Column("content", Text, nullable=False),
    Column("details", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("rules", String(80), nullable=False),
    Column("release", Integer, nullable=False),
    Column("accepted_at", DateTime, nullable=False, index=True),
    Column("target_at", DateTime, nullable=False),
    Column("limit_at", DateTime, nullable=False, index=True),
    Column("provisional", Integer, nullable=False),
    Column("closed_at", DateTime),
    Column("result", Text),
    Column("created_by", String(80), nullable=False),
    Column("team", String(80), nullable=False, server_default=text("''"), index=True),
)

work_order_event = Table(
    "work_order_event",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("order_id", Integer, ForeignKey("work_order.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("at", DateTime, nullable=False),
    Column("account", String(80), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("stage_from", String(8)),
    Column("stage_to", String(8)),
    Column("note", Text, nullable=False, default=""),
    Column("data", Text, nullable=False, default="{}"),
)

# What was advised and what the agent did, one row for every decision, with or without an order.
work_order_decision = Table(
    "work_order_decision",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", DateTime, nullable=False, index=True),
    Column("account", String(80), nullable=False),
    Column("request_key", String(80), nullable=False),
    Column("request_digest", String(64), nullable=False),
    Column("order_id", Integer, ForeignKey("work_order.id", ondelete="CASCADE")),
    Column("text_masked", Text, nullable=False),
    Column("release", Integer, nullable=False),
    Column("rules", String(80), nullable=False),
    Column("advised_needed", Integer, nullable=False),
    Column("advised_form", String(20)),
    Column("needed", Integer, nullable=False),
    Column("form", String(20)),
    Column("reason", Text, nullable=False),
    UniqueConstraint("account", "request_key"),
)

review = Table(
    "review",
    metadata,
    Column("kind", String(10), primary_key=True),
    Column("item_id", String(120), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("state", String(12), nullable=False, index=True),
    Column("submitted_by", String(80), nullable=False),
    Column("submitted_at", DateTime, nullable=False),
    Column("decided_by", String(80), nullable=False),
    Column("decided_at", DateTime),
    Column("note", Text, nullable=False),
    Column("publish_at", DateTime),
)

archived = Table(
    "archived",
    metadata,
    Column("item_id", String(120), primary_key=True),
    Column("at", DateTime, nullable=False),
    Column("account", String(80), nullable=False),
    Column("reason", Text, nullable=False),
)

release_origin = Table(
    "release_origin",
    metadata,
    Column("number", Integer, ForeignKey("release.number"), primary_key=True, autoincrement=False),
    Column("action", String(12), nullable=False),
    Column("account", String(80), nullable=False),
    Column("basis", Integer),
    Column("gate", Text, nullable=False),
)

dismissal = Table(
    "dismissal",
    metadata,
    Column("finding_id", String(16), primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("digest", String(32), nullable=False),
    Column("account", String(80), nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", DateTime, nullable=False),
)

# What an agent asks of the knowledge, on its way 坐席 → 班组长 → 知识采编; texts are masked.
# Without a `limit_at` no clock runs: feedback given before there were clocks.
knowledge_request = Table(
    "knowledge_request",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("number", String(24), nullable=False, unique=True),
    Column("at", DateTime, nullable=False),
    Column("account", String(80), nullable=False, index=True),
    Column("department", String(80), nullable=False),
    Column("kind", String(12), nullable=False),
    Column("text_masked", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("entry_id", String(140), nullable=False),
    Column("release", Integer, nullable=False),
    Column("stage", String(12), nullable=False, index=True),
    Column("version", Integer, nullable=False),
    Column("stage_at", DateTime, nullable=False),
    Column("target_at", DateTime),
    Column("limit_at", DateTime, index=True),
    Column("provisional", Integer, nullable=False),
    Column("reply", Text, nullable=False),
    Column("closed_at", DateTime),
)

knowledge_request_event = Table(
    "knowledge_request_event",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("request_id", Integer, ForeignKey("knowledge_request.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("at", DateTime, nullable=False),
    Column("account", String(80), nullable=False),
    Column("step", String(12), nullable=False),
    Column("stage_from", String(12), nullable=False),
    Column("stage_to", String(12), nullable=False),
    Column("late", Integer, nullable=False),
    Column("note", Text, nullable=False),
)

# What became of a phrasing that agents' choices suggested.
phrasing_verdict = Table(
    "phrasing_verdict",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("entry_id", String(120), nullable=False),
    Column("text", String(300), nullable=False),
    Column("state", String(12), nullable=False),
    Column("at", DateTime, nullable=False),
    Column("account", String(80), nullable=False),
    Column("release", Integer, nullable=False),
    Column("detail", Text, nullable=False),
    UniqueConstraint("entry_id", "text"),
)

# What people are asked to score, drawn once and never changed.
score_sheet = Table(
    "score_sheet",
    metadata,
    Column("sheet_id", String(200), primary_key=True),
    Column("draw", Text, nullable=False),
    Column("created_by", String(80), nullable=False),
    Column("created_at", DateTime, nullable=False),
)

# What each scorer said of each item; the empty scorer is the ruling where they differ.
score = Table(
    "score",
    metadata,
    Column("sheet_id", String(200), ForeignKey("score_sheet.sheet_id"), primary_key=True),
    Column("scorer", String(80), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("version", Integer, nullable=False),
    Column("verdict", String(8), nullable=False),
    Column("reason", Text, nullable=False),
    Column("account", String(80), nullable=False),
    Column("at", DateTime, nullable=False),
)

# Every text a rule or lexicon file ever had; `text` is NULL where the bundled file was put back.
rule_version = Table(
    "rule_version",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(60), nullable=False),
    Column("version", Integer, nullable=False),
    Column("status", String(12), nullable=False),
    Column("text", Text),
    Column("author", String(80), nullable=False),
    Column("reason", Text, nullable=False),
    Column("created_at", DateTime, nullable=False),
    Column("decided_by", String(80), nullable=False, default="", server_default=text("''")),
    Column("decided_at", DateTime),
    Column("note", Text, nullable=False, default="", server_default=text("''")),
    Column("report", Text, nullable=False, default="{}", server_default=text("'{}'")),
    UniqueConstraint("name", "version"),
)
