"""Writing banks and live rooms"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "bank_draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("bank_id", sa.Integer(), nullable=True),
        sa.Column("base_number", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_bank_draft_account_id_account"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["bank_id"], ["bank.id"], name=op.f("fk_bank_draft_bank_id_bank"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_draft")),
        sa.UniqueConstraint("account_id", "bank_id", name=op.f("uq_bank_draft_account_id_bank_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_bank_draft_public_id")),
    )
    with op.batch_alter_table("bank_draft", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_bank_draft_bank_id"), ["bank_id"], unique=False)

    op.create_table(
        "bank_share",
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column(
            "right",
            sa.Enum("view", "copy", "edit", name="shareright", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_bank_share_account_id_account"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["bank_id"], ["bank.id"], name=op.f("fk_bank_share_bank_id_bank"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("bank_id", "account_id", name=op.f("pk_bank_share")),
    )
    with op.batch_alter_table("bank_share", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_bank_share_account_id"), ["account_id"], unique=False)

    op.create_table(
        "draft_picture",
        sa.Column("draft_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("kept_name", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["bank_draft.id"], name=op.f("fk_draft_picture_draft_id_bank_draft"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("draft_id", "name", name=op.f("pk_draft_picture")),
    )
    op.create_table(
        "revision_picture",
        sa.Column("bank_revision_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("kept_name", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["bank_revision_id"],
            ["bank_revision.id"],
            name=op.f("fk_revision_picture_bank_revision_id_bank_revision"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("bank_revision_id", "name", name=op.f("pk_revision_picture")),
    )
    with op.batch_alter_table("bank_revision", schema=None) as batch_op:
        batch_op.add_column(sa.Column("note", sa.Text(), server_default=sa.text("('')"), nullable=False))


def downgrade() -> None:
    """There is no way back but a backup: going back would lose what students wrote since."""
    raise NotImplementedError("Restore the backup that was made before this migration.")
