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
        "room",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=6), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column(
            "phase",
            sa.Enum("open", "talking", name="roomphase", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("shown", sa.Boolean(), nullable=False),
        sa.Column("revealed", sa.Boolean(), nullable=False),
        sa.Column("locked", sa.Boolean(), nullable=False),
        sa.Column("request_key", sa.String(length=32), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("kept", sa.Boolean(), nullable=False),
        sa.CheckConstraint("NOT kept OR closed_at IS NOT NULL", name=op.f("ck_room_kept_when_closed")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_room_account_id_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_room")),
        sa.UniqueConstraint("code", name=op.f("uq_room_code")),
        sa.UniqueConstraint("public_id", name=op.f("uq_room_public_id")),
        sa.UniqueConstraint("request_key", name=op.f("uq_room_request_key")),
    )
    with op.batch_alter_table("room", schema=None) as batch_op:
        batch_op.create_index("ix_room_account_id_opened_at", ["account_id", "opened_at"], unique=False)

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
        "bank_listing",
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("folded_title", sa.String(length=400), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("questions", sa.Integer(), nullable=False),
        sa.Column("review_by", sa.Date(), nullable=True),
        sa.Column("youngest", sa.Integer(), nullable=True),
        sa.Column("oldest", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(youngest IS NULL) = (oldest IS NULL) AND (youngest IS NULL OR youngest <= oldest)",
            name=op.f("ck_bank_listing_ages"),
        ),
        sa.ForeignKeyConstraint(
            ["bank_id"], ["bank.id"], name=op.f("fk_bank_listing_bank_id_bank"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("bank_id", name=op.f("pk_bank_listing")),
    )
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
        "bank_trait",
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column(
            "trait",
            sa.Enum("skill", "kind", "difficulty", name="trait", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("value", sa.String(length=80), nullable=False),
        sa.Column("questions", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["bank_id"], ["bank.id"], name=op.f("fk_bank_trait_bank_id_bank"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("bank_id", "trait", "value", name=op.f("pk_bank_trait")),
    )
    op.create_table(
        "room_member",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("room_id", sa.Integer(), nullable=False),
        sa.Column("nickname", sa.String(length=30), nullable=True),
        sa.Column("folded_name", sa.String(length=80), nullable=True),
        sa.Column("visitor_hash", sa.String(length=64), nullable=True),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name=op.f("fk_room_member_room_id_room"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_room_member")),
        sa.UniqueConstraint("public_id", name=op.f("uq_room_member_public_id")),
        sa.UniqueConstraint("room_id", "folded_name", name=op.f("uq_room_member_room_id_folded_name")),
        sa.UniqueConstraint("room_id", "visitor_hash", name=op.f("uq_room_member_room_id_visitor_hash")),
    )
    op.create_table(
        "room_passage",
        sa.Column("room_id", sa.Integer(), nullable=False),
        sa.Column("prompt", sa.String(length=300), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["room_id"], ["room.id"], name=op.f("fk_room_passage_room_id_room"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("room_id", name=op.f("pk_room_passage")),
    )
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
    op.create_table(
        "room_answer",
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["room_member.id"], name=op.f("fk_room_answer_member_id_room_member"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("member_id", "round", name=op.f("pk_room_answer")),
    )
    op.create_table(
        "room_question",
        sa.Column("room_id", sa.Integer(), nullable=False),
        sa.Column("item_revision_id", sa.Integer(), nullable=False),
        sa.Column("shown", sa.JSON(none_as_null=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_revision_id"],
            ["item_revision.id"],
            name=op.f("fk_room_question_item_revision_id_item_revision"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["room_id"], ["room.id"], name=op.f("fk_room_question_room_id_room"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("room_id", name=op.f("pk_room_question")),
    )
    with op.batch_alter_table("room_question", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_room_question_item_revision_id"), ["item_revision_id"], unique=False)

    with op.batch_alter_table("bank_revision", schema=None) as batch_op:
        batch_op.add_column(sa.Column("note", sa.Text(), server_default=sa.text("('')"), nullable=False))


def downgrade() -> None:
    """There is no way back but a backup: going back would lose what students wrote since."""
    raise NotImplementedError("Restore the backup that was made before this migration.")
