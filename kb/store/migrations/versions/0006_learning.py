"""requests from agents, suggested phrasings, the call and the notices of a logged suggestion"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# Feedback given so far becomes requests that wait for their team lead, with no clock running; the rows themselves stay.
OLD_FEEDBACK = """
INSERT INTO knowledge_request (number, at, account, department, kind, text_masked, note, entry_id, release, stage,
                               version, stage_at, provisional, reply)
SELECT 'F' || CAST(id AS VARCHAR(20)), at, account, department,
       CASE kind WHEN 'no_answer' THEN '没有答案' ELSE '答案错' END,
       text_masked, note, entry_id, release, '班组长审核', 1, at, 0, ''
FROM feedback WHERE kind IN ('no_answer', 'wrong') ORDER BY id
"""


def upgrade() -> None:
    op.add_column("suggestion_log", sa.Column("call_id", sa.String(40), server_default=sa.text("''"), nullable=False))
    op.add_column("suggestion_log", sa.Column("outages", sa.Text(), server_default=sa.text("'[]'"), nullable=False))
    op.create_table(
        "knowledge_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=24), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("account", sa.String(length=80), nullable=False),
        sa.Column("department", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("text_masked", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("entry_id", sa.String(length=140), nullable=False),
        sa.Column("release", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(length=12), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("stage_at", sa.DateTime(), nullable=False),
        sa.Column("target_at", sa.DateTime(), nullable=True),
        sa.Column("limit_at", sa.DateTime(), nullable=True),
        sa.Column("provisional", sa.Integer(), nullable=False),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.Column("closed_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_knowledge_request")),
        sa.UniqueConstraint("number", name=op.f("uq_knowledge_request_number")),
    )
    for column in ("account", "stage", "limit_at"):
        op.create_index(op.f(f"ix_knowledge_request_{column}"), "knowledge_request", [column])
    op.create_table(
        "knowledge_request_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("account", sa.String(length=80), nullable=False),
        sa.Column("step", sa.String(length=12), nullable=False),
        sa.Column("stage_from", sa.String(length=12), nullable=False),
        sa.Column("stage_to", sa.String(length=12), nullable=False),
        sa.Column("late", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["knowledge_request.id"],
            name=op.f("fk_knowledge_request_event_request_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_knowledge_request_event")),
    )
    op.create_index(op.f("ix_knowledge_request_event_request_id"), "knowledge_request_event", ["request_id"])
    op.create_table(
        "phrasing_verdict",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.String(length=120), nullable=False),
        sa.Column("text", sa.String(length=300), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("account", sa.String(length=80), nullable=False),
        sa.Column("release", sa.Integer(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phrasing_verdict")),
        sa.UniqueConstraint("entry_id", "text", name=op.f("uq_phrasing_verdict_entry_id_text")),
    )
    op.execute(OLD_FEEDBACK)


def downgrade() -> None:
    for table in ("phrasing_verdict", "knowledge_request_event", "knowledge_request"):
        op.drop_table(table)
    for column in ("outages", "call_id"):
        op.drop_column("suggestion_log", column)
