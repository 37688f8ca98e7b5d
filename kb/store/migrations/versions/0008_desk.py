"""which team filed an order; people's scores"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# An order filed before this kept no department; the account that filed it tells.
TEAM_OF_FILER = """
UPDATE work_order SET team = COALESCE((SELECT department FROM account WHERE account.name = work_order.created_by), '')
"""


def upgrade() -> None:
    op.add_column("work_order", sa.Column("team", sa.String(length=80), server_default=sa.text("''"), nullable=False))
    op.create_index(op.f("ix_work_order_team"), "work_order", ["team"])
    op.execute(TEAM_OF_FILER)
    op.create_table(
        "score_sheet",
        sa.Column("sheet_id", sa.String(length=200), nullable=False),
        sa.Column("draw", sa.Text(), nullable=False),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("sheet_id", name=op.f("pk_score_sheet")),
    )
    op.create_table(
        "score",
        sa.Column("sheet_id", sa.String(length=200), nullable=False),
        sa.Column("scorer", sa.String(length=80), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.String(length=8), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("account", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["sheet_id"], ["score_sheet.sheet_id"], name=op.f("fk_score_sheet_id")),
        sa.PrimaryKeyConstraint("sheet_id", "scorer", "number", name=op.f("pk_score")),
    )


def downgrade() -> None:
    op.drop_table("score")
    op.drop_table("score_sheet")
    op.drop_index(op.f("ix_work_order_team"), "work_order")
    op.execute("ALTER TABLE work_order DROP COLUMN team")
