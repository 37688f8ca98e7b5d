"""rules with history; drafts found by status"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None
TABLES = {"entry_version": "entry_id", "document_version": "document_id"}


def upgrade() -> None:
    for table, item in TABLES.items():
        op.create_index(op.f(f"ix_{table}_status"), table, ["status"])
        op.create_index(op.f(f"ix_{table}_release_from_release_to_{item}"), table, ["release_from", "release_to", item])
    op.create_table(
        "rule_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("author", sa.String(length=80), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("decided_by", sa.String(length=80), nullable=False, server_default=sa.text("''")),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False, server_default=sa.text("''")),
        sa.Column("report", sa.Text(), nullable=False, server_default=sa.text("'{}'")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_version")),
        sa.UniqueConstraint("name", "version", name=op.f("uq_rule_version_name_version")),
    )


def downgrade() -> None:
    op.drop_table("rule_version")
    for table, item in TABLES.items():
        op.drop_index(op.f(f"ix_{table}_release_from_release_to_{item}"), table)
        op.drop_index(op.f(f"ix_{table}_status"), table)
