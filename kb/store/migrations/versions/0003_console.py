"""accounts in departments, passwords, scoped keys, audit chain, calls, feedback"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

EMPTY = sa.text("''")
ADDED = {
    "credential": ("seen_at", "scope"),
    "account": ("locked_until", "failures", "password_hash", "region", "department"),
}

# The chain is append-only in the database itself, not only in the code that writes it.
REFUSE = "SELECT RAISE(ABORT, 'audit_event is append-only')"
SQLITE_GUARDS = (
    f"CREATE TRIGGER audit_event_no_update BEFORE UPDATE ON audit_event BEGIN {REFUSE}; END",
    f"CREATE TRIGGER audit_event_no_delete BEFORE DELETE ON audit_event BEGIN {REFUSE}; END",
)
POSTGRES_GUARDS = (
    """CREATE FUNCTION audit_event_refuse() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'audit_event is append-only'; END $$""",
    """CREATE TRIGGER audit_event_append_only BEFORE UPDATE OR DELETE ON audit_event
    FOR EACH ROW EXECUTE FUNCTION audit_event_refuse()""",
)


def upgrade() -> None:
    # Plain additions: rebuilding `account` would delete its rows first, and with them every credential.
    op.add_column("account", sa.Column("department", sa.String(length=80), server_default=EMPTY, nullable=False))
    op.add_column("account", sa.Column("region", sa.String(length=80), server_default=EMPTY, nullable=False))
    op.add_column("account", sa.Column("password_hash", sa.String(length=200), nullable=True))
    op.add_column("account", sa.Column("failures", sa.Integer(), server_default="0", nullable=False))
    op.add_column("account", sa.Column("locked_until", sa.DateTime(), nullable=True))
    op.add_column("credential", sa.Column("scope", sa.String(length=200), server_default=EMPTY, nullable=False))
    op.add_column("credential", sa.Column("seen_at", sa.DateTime(), nullable=True))
    op.create_table(
        "audit_event",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("target", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("release", sa.Integer(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit_event")),
    )
    op.create_index(op.f("ix_audit_event_at"), "audit_event", ["at"])
    op.create_table(
        "phone_call",
        sa.Column("call_id", sa.String(length=40), nullable=False),
        sa.Column("account", sa.String(length=80), nullable=False),
        sa.Column("department", sa.String(length=80), nullable=False),
        sa.Column("region", sa.String(length=80), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("customer", sa.String(length=40), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("call_id", name=op.f("pk_phone_call")),
    )
    op.create_index(op.f("ix_phone_call_created_at"), "phone_call", ["created_at"])
    op.create_table(
        "feedback",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("account", sa.String(length=80), nullable=False),
        sa.Column("department", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("text_masked", sa.Text(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("release", sa.Integer(), nullable=False),
        sa.Column("as_of", sa.String(length=10), nullable=False),
        sa.Column("entry_id", sa.String(length=140), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback")),
        sa.UniqueConstraint("token", name=op.f("uq_feedback_token")),
    )
    op.create_index(op.f("ix_feedback_at"), "feedback", ["at"])
    guards = {"sqlite": SQLITE_GUARDS, "postgresql": POSTGRES_GUARDS}.get(op.get_bind().dialect.name, ())
    for guard in guards:
        op.execute(guard)


def downgrade() -> None:
    op.drop_table("feedback")
    op.drop_table("phone_call")
    op.drop_table("audit_event")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION audit_event_refuse()")
    for table, columns in ADDED.items():
        for name in columns:
            op.execute(f"ALTER TABLE {table} DROP COLUMN {name}")
