"""The first tables"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("login", sa.String(length=120), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column(
            "role",
            sa.Enum("teacher", "admin", name="role", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("simulated", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_sign_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("login", name=op.f("uq_account_login")),
        sa.UniqueConstraint("public_id", name=op.f("uq_account_public_id")),
    )
    op.create_table(
        "clean_text",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("rules_version", sa.Integer(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("digest", "rules_version", name=op.f("pk_clean_text")),
    )
    op.create_table(
        "misconception",
        sa.Column("slug", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("correction", sa.Text(), nullable=False),
        sa.Column("card", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_misconception")),
    )
    op.create_table(
        "section",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("join_code", sa.String(length=8), nullable=False),
        sa.Column("door_open_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "secret_kind",
            sa.Enum("words", "pictures", name="secretkind", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("guests_welcome", sa.Boolean(), nullable=False),
        sa.Column("pseudonyms", sa.Boolean(), nullable=False),
        sa.Column("simulated", sa.Boolean(), nullable=False),
        sa.Column("request_key", sa.String(length=32), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_section")),
        sa.UniqueConstraint("join_code", name=op.f("uq_section_join_code")),
        sa.UniqueConstraint("public_id", name=op.f("uq_section_public_id")),
        sa.UniqueConstraint("request_key", name=op.f("uq_section_request_key")),
    )
    op.create_table(
        "setting",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_setting")),
    )
    op.create_table(
        "skill",
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.Column("strand", sa.String(length=80), nullable=False),
        sa.Column("strand_name", sa.String(length=80), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_skill")),
    )
    op.create_table(
        "student",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("secret_hmac", sa.String(length=64), nullable=True),
        sa.Column("secret_made_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("time_factor", sa.Double(), nullable=False),
        sa.Column("no_time_limit", sa.Boolean(), nullable=False),
        sa.Column("reading", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("guest", sa.Boolean(), nullable=False),
        sa.Column("simulated", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_student")),
        sa.UniqueConstraint("public_id", name=op.f("uq_student_public_id")),
    )
    op.create_table(
        "throttle",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("window_ends", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_throttle")),
    )
    op.create_table(
        "api_token",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("label", sa.String(length=80), nullable=False),
        sa.Column("scopes", sa.String(length=80), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_api_token_account_id_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("public_id", name=op.f("uq_api_token_public_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_api_token_token_hash")),
    )
    with op.batch_alter_table("api_token", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_api_token_account_id"), ["account_id"], unique=False)

    op.create_table(
        "audit_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_audit_entry_account_id_account"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
    )
    op.create_table(
        "bank",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["account.id"], name=op.f("fk_bank_owner_id_account"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank")),
        sa.UniqueConstraint("owner_id", "slug", name=op.f("uq_bank_owner_id_slug")),
        sa.UniqueConstraint("public_id", name=op.f("uq_bank_public_id")),
    )
    with op.batch_alter_table("bank", schema=None) as batch_op:
        batch_op.create_index(
            "uq_bank_shipped_slug",
            ["slug"],
            unique=True,
            sqlite_where=sa.text("owner_id IS NULL"),
            postgresql_where=sa.text("owner_id IS NULL"),
        )

    op.create_table(
        "class_article",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("section_id", sa.Integer(), nullable=False),
        sa.Column("article_key", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("rules_version", sa.Integer(), nullable=False),
        sa.Column("saved_by", sa.Integer(), nullable=True),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["saved_by"], ["account.id"], name=op.f("fk_class_article_saved_by_account"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["section_id"], ["section.id"], name=op.f("fk_class_article_section_id_section"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_class_article")),
        sa.UniqueConstraint("section_id", "article_key", name=op.f("uq_class_article_section_id_article_key")),
    )
    op.create_table(
        "guest_pass",
        sa.Column("student_id", sa.Integer(), nullable=False),
        sa.Column("section_id", sa.Integer(), nullable=False),
        sa.Column("visitor_hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["section_id"], ["section.id"], name=op.f("fk_guest_pass_section_id_section"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["student_id"], ["student.id"], name=op.f("fk_guest_pass_student_id_student"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("student_id", name=op.f("pk_guest_pass")),
        sa.UniqueConstraint("section_id", "visitor_hash", name=op.f("uq_guest_pass_section_id_visitor_hash")),
    )
    op.create_table(
        "one_time_token",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column(
            "purpose",
            sa.Enum(
                "setup", "reset", "invite", name="tokenpurpose", native_enum=False, create_constraint=True, length=24
            ),
            nullable=False,
        ),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_one_time_token_account_id_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_one_time_token")),
    )
    op.create_table(
        "roster_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("section_id", sa.Integer(), nullable=False),
        sa.Column("student_id", sa.Integer(), nullable=False),
        sa.Column("display_name", sa.String(length=80), nullable=False),
        sa.Column("folded_name", sa.String(length=80), nullable=False),
        sa.Column("group_name", sa.String(length=60), nullable=True),
        sa.Column("mark_code", sa.String(length=60), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["section_id"], ["section.id"], name=op.f("fk_roster_entry_section_id_section"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["student_id"], ["student.id"], name=op.f("fk_roster_entry_student_id_student"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_entry")),
        sa.UniqueConstraint("section_id", "folded_name", name=op.f("uq_roster_entry_section_id_folded_name")),
        sa.UniqueConstraint("section_id", "mark_code", name=op.f("uq_roster_entry_section_id_mark_code")),
        sa.UniqueConstraint("section_id", "student_id", name=op.f("uq_roster_entry_section_id_student_id")),
    )
    with op.batch_alter_table("roster_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_roster_entry_student_id"), ["student_id"], unique=False)

    op.create_table(
        "saved_comment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=300), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_saved_comment_account_id_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_comment")),
        sa.UniqueConstraint("account_id", "text", name=op.f("uq_saved_comment_account_id_text")),
    )
    op.create_table(
        "section_teacher",
        sa.Column("section_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_section_teacher_account_id_account"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["section_id"], ["section.id"], name=op.f("fk_section_teacher_section_id_section"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("section_id", "account_id", name=op.f("pk_section_teacher")),
    )
    with op.batch_alter_table("section_teacher", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_section_teacher_account_id"), ["account_id"], unique=False)

    op.create_table(
        "set_aside",
        sa.Column("section_id", sa.Integer(), nullable=False),
        sa.Column("student_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=100), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_set_aside_account_id_account"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["section_id"], ["section.id"], name=op.f("fk_set_aside_section_id_section"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["student_id"], ["student.id"], name=op.f("fk_set_aside_student_id_student"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("section_id", "student_id", "reason", name=op.f("pk_set_aside")),
    )
    with op.batch_alter_table("set_aside", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_set_aside_student_id"), ["student_id"], unique=False)

    op.create_table(
        "sign_in",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("student_id", sa.Integer(), nullable=True),
        sa.Column("section_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("account_id IS NULL OR student_id IS NULL", name=op.f("ck_sign_in_one_person")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_sign_in_account_id_account"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["section_id"], ["section.id"], name=op.f("fk_sign_in_section_id_section"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["student_id"], ["student.id"], name=op.f("fk_sign_in_student_id_student"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_sign_in")),
    )
    with op.batch_alter_table("sign_in", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_in_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sign_in_student_id"), ["student_id"], unique=False)

    op.create_table(
        "student_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("section_id", sa.Integer(), nullable=False),
        sa.Column("student_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("request_key", sa.String(length=32), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_student_note_account_id_account"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["section_id"], ["section.id"], name=op.f("fk_student_note_section_id_section"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["student_id"], ["student.id"], name=op.f("fk_student_note_student_id_student"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_student_note")),
        sa.UniqueConstraint("public_id", name=op.f("uq_student_note_public_id")),
        sa.UniqueConstraint("request_key", name=op.f("uq_student_note_request_key")),
    )
    with op.batch_alter_table("student_note", schema=None) as batch_op:
        batch_op.create_index("ix_student_note_section_id_student_id", ["section_id", "student_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_student_note_student_id"), ["student_id"], unique=False)

    op.create_table(
        "article_paragraph",
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"],
            ["class_article.id"],
            name=op.f("fk_article_paragraph_article_id_class_article"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("article_id", "number", name=op.f("pk_article_paragraph")),
    )
    op.create_table(
        "bank_lesson",
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("fields", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["bank_id"], ["bank.id"], name=op.f("fk_bank_lesson_bank_id_bank"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("bank_id", name=op.f("pk_bank_lesson")),
    )
    op.create_table(
        "bank_note",
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["bank_id"], ["bank.id"], name=op.f("fk_bank_note_bank_id_bank"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("bank_id", name=op.f("pk_bank_note")),
    )
    op.create_table(
        "bank_revision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("language", sa.String(length=20), nullable=False),
        sa.Column("licence", sa.String(length=80), nullable=True),
        sa.Column("article", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("source_hash", sa.String(length=64), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["bank_id"], ["bank.id"], name=op.f("fk_bank_revision_bank_id_bank"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["published_by"], ["account.id"], name=op.f("fk_bank_revision_published_by_account"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_revision")),
        sa.UniqueConstraint("bank_id", "number", name=op.f("uq_bank_revision_bank_id_number")),
    )
    op.create_table(
        "bank_use",
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("stands_in", sa.Boolean(), nullable=False),
        sa.Column("twin", sa.String(length=80), nullable=True),
        sa.Column("article_key", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["bank_id"], ["bank.id"], name=op.f("fk_bank_use_bank_id_bank"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("bank_id", name=op.f("pk_bank_use")),
    )
    with op.batch_alter_table("bank_use", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_bank_use_article_key"), ["article_key"], unique=False)

    op.create_table(
        "item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.ForeignKeyConstraint(["bank_id"], ["bank.id"], name=op.f("fk_item_bank_id_bank"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item")),
        sa.UniqueConstraint("bank_id", "slug", name=op.f("uq_item_bank_id_slug")),
    )
    op.create_table(
        "quiz",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("whole_bank", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["bank_id"], ["bank.id"], name=op.f("fk_quiz_bank_id_bank"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quiz")),
        sa.UniqueConstraint("public_id", name=op.f("uq_quiz_public_id")),
    )
    with op.batch_alter_table("quiz", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_quiz_bank_id"), ["bank_id"], unique=False)
        batch_op.create_index(
            "uq_quiz_whole_bank",
            ["bank_id"],
            unique=True,
            sqlite_where=sa.text("whole_bank"),
            postgresql_where=sa.text("whole_bank"),
        )

    op.create_table(
        "item_revision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("lineage", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("lineage_hash", sa.String(length=64), nullable=False),
        sa.Column("skill", sa.String(length=80), nullable=True),
        sa.Column("difficulty", sa.String(length=12), nullable=True),
        sa.Column("needs", sa.String(length=12), nullable=True),
        sa.Column("control", sa.Boolean(), nullable=False),
        sa.Column("corrects", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"], ["item.id"], name=op.f("fk_item_revision_item_id_item"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item_revision")),
        sa.UniqueConstraint("item_id", "number", name=op.f("uq_item_revision_item_id_number")),
        sa.UniqueConstraint("public_id", name=op.f("uq_item_revision_public_id")),
    )
    op.create_table(
        "quiz_revision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("quiz_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["quiz_id"], ["quiz.id"], name=op.f("fk_quiz_revision_quiz_id_quiz"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quiz_revision")),
        sa.UniqueConstraint("quiz_id", "number", name=op.f("uq_quiz_revision_quiz_id_number")),
    )
    op.create_table(
        "assignment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("section_id", sa.Integer(), nullable=False),
        sa.Column("quiz_revision_id", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("request_key", sa.String(length=32), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("for_whole_class", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accept_late", sa.Boolean(), nullable=False),
        sa.Column(
            "feedback",
            sa.Enum("immediate", "deferred", name="feedbackmode", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("ask_confidence", sa.Boolean(), nullable=False),
        sa.Column("shuffle_items", sa.Boolean(), nullable=False),
        sa.Column("one_way", sa.Boolean(), nullable=False),
        sa.Column("attempts_allowed", sa.Integer(), nullable=True),
        sa.Column(
            "counting",
            sa.Enum(
                "first", "last", "best", name="countingattempt", native_enum=False, create_constraint=True, length=24
            ),
            nullable=False,
        ),
        sa.Column("time_limit", sa.Integer(), nullable=True),
        sa.Column("pass_mark", sa.Double(), nullable=True),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by"], ["account.id"], name=op.f("fk_assignment_created_by_account"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["quiz_revision_id"],
            ["quiz_revision.id"],
            name=op.f("fk_assignment_quiz_revision_id_quiz_revision"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["section_id"], ["section.id"], name=op.f("fk_assignment_section_id_section"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment")),
        sa.UniqueConstraint("public_id", name=op.f("uq_assignment_public_id")),
        sa.UniqueConstraint("request_key", name=op.f("uq_assignment_request_key")),
    )
    with op.batch_alter_table("assignment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_assignment_quiz_revision_id"), ["quiz_revision_id"], unique=False)
        batch_op.create_index("ix_assignment_section_id_created_at", ["section_id", "created_at"], unique=False)

    op.create_table(
        "check_in",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("section_id", sa.Integer(), nullable=False),
        sa.Column("first_form_id", sa.Integer(), nullable=False),
        sa.Column("second_form_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["first_form_id"],
            ["quiz_revision.id"],
            name=op.f("fk_check_in_first_form_id_quiz_revision"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["second_form_id"],
            ["quiz_revision.id"],
            name=op.f("fk_check_in_second_form_id_quiz_revision"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["section_id"], ["section.id"], name=op.f("fk_check_in_section_id_section"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_check_in")),
        sa.UniqueConstraint("public_id", name=op.f("uq_check_in_public_id")),
    )
    with op.batch_alter_table("check_in", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_check_in_first_form_id"), ["first_form_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_check_in_second_form_id"), ["second_form_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_check_in_section_id"), ["section_id"], unique=False)

    op.create_table(
        "question_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("item_revision_id", sa.Integer(), nullable=False),
        sa.Column("section_id", sa.Integer(), nullable=False),
        sa.Column("student_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=300), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["item_revision_id"],
            ["item_revision.id"],
            name=op.f("fk_question_report_item_revision_id_item_revision"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["section_id"], ["section.id"], name=op.f("fk_question_report_section_id_section"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["student_id"], ["student.id"], name=op.f("fk_question_report_student_id_student"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question_report")),
        sa.UniqueConstraint(
            "item_revision_id", "student_id", name=op.f("uq_question_report_item_revision_id_student_id")
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_question_report_public_id")),
    )
    with op.batch_alter_table("question_report", schema=None) as batch_op:
        batch_op.create_index("ix_question_report_section_id", ["section_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_question_report_student_id"), ["student_id"], unique=False)

    op.create_table(
        "quiz_item",
        sa.Column("quiz_revision_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("item_revision_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_revision_id"],
            ["item_revision.id"],
            name=op.f("fk_quiz_item_item_revision_id_item_revision"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["quiz_revision_id"],
            ["quiz_revision.id"],
            name=op.f("fk_quiz_item_quiz_revision_id_quiz_revision"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("quiz_revision_id", "position", name=op.f("pk_quiz_item")),
    )
    with op.batch_alter_table("quiz_item", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_quiz_item_item_revision_id"), ["item_revision_id"], unique=False)

    op.create_table(
        "assignment_draw",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("skill", sa.String(length=80), nullable=False),
        sa.Column("difficulty", sa.String(length=12), nullable=False),
        sa.Column("questions", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["assignment_id"],
            ["assignment.id"],
            name=op.f("fk_assignment_draw_assignment_id_assignment"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment_draw")),
        sa.UniqueConstraint(
            "assignment_id", "skill", "difficulty", name=op.f("uq_assignment_draw_assignment_id_skill_difficulty")
        ),
    )
    op.create_table(
        "assignment_recipient",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("group_name", sa.String(length=60), nullable=True),
        sa.Column("student_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(group_name IS NULL) != (student_id IS NULL)", name=op.f("ck_assignment_recipient_group_or_student")
        ),
        sa.ForeignKeyConstraint(
            ["assignment_id"],
            ["assignment.id"],
            name=op.f("fk_assignment_recipient_assignment_id_assignment"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["student_id"], ["student.id"], name=op.f("fk_assignment_recipient_student_id_student"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment_recipient")),
        sa.UniqueConstraint(
            "assignment_id", "group_name", name=op.f("uq_assignment_recipient_assignment_id_group_name")
        ),
        sa.UniqueConstraint(
            "assignment_id", "student_id", name=op.f("uq_assignment_recipient_assignment_id_student_id")
        ),
    )
    with op.batch_alter_table("assignment_recipient", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_assignment_recipient_student_id"), ["student_id"], unique=False)

    op.create_table(
        "assignment_route",
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column(
            "route",
            sa.Enum("either", "article", "made-up", name="route", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["assignment_id"],
            ["assignment.id"],
            name=op.f("fk_assignment_route_assignment_id_assignment"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("assignment_id", name=op.f("pk_assignment_route")),
    )
    op.create_table(
        "attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=True),
        sa.Column("quiz_revision_id", sa.Integer(), nullable=True),
        sa.Column("practised_in", sa.Integer(), nullable=True),
        sa.Column("student_id", sa.Integer(), nullable=True),
        sa.Column("visitor_hash", sa.String(length=64), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("time_allowed", sa.Integer(), nullable=True),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reached", sa.Integer(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(practised_in IS NOT NULL) = (assignment_id IS NULL AND student_id IS NOT NULL)",
            name=op.f("ck_attempt_practised_in_a_class"),
        ),
        sa.CheckConstraint(
            "(practised_in IS NOT NULL) = (quiz_revision_id IS NULL)", name=op.f("ck_attempt_practice_of_no_quiz")
        ),
        sa.CheckConstraint(
            "(student_id IS NULL) = (visitor_hash IS NOT NULL)", name=op.f("ck_attempt_student_or_visitor")
        ),
        sa.CheckConstraint(
            "assignment_id IS NULL OR student_id IS NOT NULL", name=op.f("ck_attempt_assigned_to_a_student")
        ),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["assignment.id"], name=op.f("fk_attempt_assignment_id_assignment"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["practised_in"], ["section.id"], name=op.f("fk_attempt_practised_in_section"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["quiz_revision_id"],
            ["quiz_revision.id"],
            name=op.f("fk_attempt_quiz_revision_id_quiz_revision"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["student_id"], ["student.id"], name=op.f("fk_attempt_student_id_student"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempt")),
        sa.UniqueConstraint(
            "assignment_id", "student_id", "number", name=op.f("uq_attempt_assignment_id_student_id_number")
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_attempt_public_id")),
    )
    with op.batch_alter_table("attempt", schema=None) as batch_op:
        batch_op.create_index(
            "ix_attempt_ends_at",
            ["ends_at"],
            unique=False,
            sqlite_where=sa.text("submitted_at IS NULL"),
            postgresql_where=sa.text("submitted_at IS NULL"),
        )
        batch_op.create_index(batch_op.f("ix_attempt_practised_in"), ["practised_in"], unique=False)
        batch_op.create_index(batch_op.f("ix_attempt_quiz_revision_id"), ["quiz_revision_id"], unique=False)
        batch_op.create_index("ix_attempt_student_id_started_at", ["student_id", "started_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_attempt_visitor_hash"), ["visitor_hash"], unique=False)
        batch_op.create_index(
            "uq_attempt_practice",
            ["student_id"],
            unique=True,
            sqlite_where=sa.text("practised_in IS NOT NULL AND submitted_at IS NULL"),
            postgresql_where=sa.text("practised_in IS NOT NULL AND submitted_at IS NULL"),
        )

    op.create_table(
        "check_in_place",
        sa.Column("check_in_id", sa.Integer(), nullable=False),
        sa.Column("student_id", sa.Integer(), nullable=False),
        sa.Column("begins_with_second", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["check_in_id"], ["check_in.id"], name=op.f("fk_check_in_place_check_in_id_check_in"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["student_id"], ["student.id"], name=op.f("fk_check_in_place_student_id_student"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("check_in_id", "student_id", name=op.f("pk_check_in_place")),
    )
    with op.batch_alter_table("check_in_place", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_check_in_place_student_id"), ["student_id"], unique=False)

    op.create_table(
        "check_in_sitting",
        sa.Column("check_in_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["assignment_id"],
            ["assignment.id"],
            name=op.f("fk_check_in_sitting_assignment_id_assignment"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["check_in_id"], ["check_in.id"], name=op.f("fk_check_in_sitting_check_in_id_check_in"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("check_in_id", "number", name=op.f("pk_check_in_sitting")),
        sa.UniqueConstraint("assignment_id", name=op.f("uq_check_in_sitting_assignment_id")),
    )
    op.create_table(
        "correction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("item_revision_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column(
            "action",
            sa.Enum(
                "key",
                "accept",
                "newer",
                "void",
                "all",
                "undo",
                name="correctionaction",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("may_lower", sa.Boolean(), nullable=False),
        sa.Column("rule", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("follows_id", sa.Integer(), nullable=True),
        sa.Column("undoes_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_correction_account_id_account"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["assignment_id"],
            ["assignment.id"],
            name=op.f("fk_correction_assignment_id_assignment"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["follows_id"], ["correction.id"], name=op.f("fk_correction_follows_id_correction"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["item_revision_id"],
            ["item_revision.id"],
            name=op.f("fk_correction_item_revision_id_item_revision"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["undoes_id"], ["correction.id"], name=op.f("fk_correction_undoes_id_correction"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction")),
        sa.UniqueConstraint("public_id", name=op.f("uq_correction_public_id")),
    )
    with op.batch_alter_table("correction", schema=None) as batch_op:
        batch_op.create_index(
            "ix_correction_assignment_item", ["assignment_id", "item_revision_id", "applied_at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_correction_item_revision_id"), ["item_revision_id"], unique=False)

    op.create_table(
        "extra_attempt",
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("student_id", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["assignment_id"],
            ["assignment.id"],
            name=op.f("fk_extra_attempt_assignment_id_assignment"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["student_id"], ["student.id"], name=op.f("fk_extra_attempt_student_id_student"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("assignment_id", "student_id", name=op.f("pk_extra_attempt")),
    )
    with op.batch_alter_table("extra_attempt", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_extra_attempt_student_id"), ["student_id"], unique=False)

    op.create_table(
        "marking_plan",
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("two_markers", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["assignment_id"],
            ["assignment.id"],
            name=op.f("fk_marking_plan_assignment_id_assignment"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("assignment_id", name=op.f("pk_marking_plan")),
    )
    op.create_table(
        "private_switch",
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("student_id", sa.Integer(), nullable=False),
        sa.Column("switched_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["assignment_id"],
            ["assignment.id"],
            name=op.f("fk_private_switch_assignment_id_assignment"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["student_id"], ["student.id"], name=op.f("fk_private_switch_student_id_student"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("assignment_id", "student_id", name=op.f("pk_private_switch")),
    )
    with op.batch_alter_table("private_switch", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_private_switch_student_id"), ["student_id"], unique=False)

    op.create_table(
        "attempt_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("attempt_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("item_revision_id", sa.Integer(), nullable=False),
        sa.Column("shown", sa.JSON(none_as_null=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["attempt.id"], name=op.f("fk_attempt_item_attempt_id_attempt"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["item_revision_id"],
            ["item_revision.id"],
            name=op.f("fk_attempt_item_item_revision_id_item_revision"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempt_item")),
        sa.UniqueConstraint("attempt_id", "position", name=op.f("uq_attempt_item_attempt_id_position")),
    )
    with op.batch_alter_table("attempt_item", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attempt_item_item_revision_id"), ["item_revision_id"], unique=False)

    op.create_table(
        "help_request",
        sa.Column("attempt_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["attempt.id"], name=op.f("fk_help_request_attempt_id_attempt"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("attempt_id", name=op.f("pk_help_request")),
    )
    op.create_table(
        "correction_line",
        sa.Column("correction_id", sa.Integer(), nullable=False),
        sa.Column("attempt_item_id", sa.Integer(), nullable=False),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.Column("before", sa.Double(), nullable=True),
        sa.Column("before_void", sa.Boolean(), nullable=False),
        sa.Column("after", sa.Double(), nullable=True),
        sa.Column("after_void", sa.Boolean(), nullable=False),
        sa.Column("item_revision_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["attempt_item_id"],
            ["attempt_item.id"],
            name=op.f("fk_correction_line_attempt_item_id_attempt_item"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["correction_id"],
            ["correction.id"],
            name=op.f("fk_correction_line_correction_id_correction"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["item_revision_id"],
            ["item_revision.id"],
            name=op.f("fk_correction_line_item_revision_id_item_revision"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("correction_id", "attempt_item_id", name=op.f("pk_correction_line")),
    )
    op.create_table(
        "marking",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("attempt_item_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("settled", sa.Integer(), nullable=True),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_marking_account_id_account"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["attempt_item_id"],
            ["attempt_item.id"],
            name=op.f("fk_marking_attempt_item_id_attempt_item"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_marking")),
        sa.UniqueConstraint("attempt_item_id", "account_id", name=op.f("uq_marking_attempt_item_id_account_id")),
    )
    with op.batch_alter_table("marking", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_marking_account_id"), ["account_id"], unique=False)

    op.create_table(
        "response",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("attempt_item_id", sa.Integer(), nullable=False),
        sa.Column("try_number", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("confidence", sa.Double(), nullable=True),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("saved_from", sa.String(length=8), nullable=True),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["attempt_item_id"],
            ["attempt_item.id"],
            name=op.f("fk_response_attempt_item_id_attempt_item"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_response")),
        sa.UniqueConstraint("attempt_item_id", "try_number", name=op.f("uq_response_attempt_item_id_try_number")),
    )
    op.create_table(
        "score",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("attempt_item_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("section_id", sa.Integer(), nullable=True),
        sa.Column("student_id", sa.Integer(), nullable=True),
        sa.Column("skill", sa.String(length=80), nullable=True),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("item_revision_id", sa.Integer(), nullable=False),
        sa.Column("lineage", sa.Integer(), nullable=False),
        sa.Column("fraction", sa.Double(), nullable=True),
        sa.Column("void", sa.Boolean(), nullable=False),
        sa.Column("chance", sa.Double(), nullable=True),
        sa.Column("answered", sa.Boolean(), nullable=False),
        sa.Column("confidence", sa.Double(), nullable=True),
        sa.Column("review", sa.Boolean(), nullable=False),
        sa.Column(
            "reason",
            sa.Enum(
                "checked",
                "handed-in",
                "marked",
                "re-marked",
                name="scorereason",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("correction_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["account.id"], name=op.f("fk_score_actor_id_account"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["attempt_item_id"],
            ["attempt_item.id"],
            name=op.f("fk_score_attempt_item_id_attempt_item"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["correction_id"], ["correction.id"], name=op.f("fk_score_correction_id_correction"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_score_item_id_item"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["item_revision_id"],
            ["item_revision.id"],
            name=op.f("fk_score_item_revision_id_item_revision"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["section_id"], ["section.id"], name=op.f("fk_score_section_id_section"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["student_id"], ["student.id"], name=op.f("fk_score_student_id_student"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score")),
        sa.UniqueConstraint("attempt_item_id", "number", name=op.f("uq_score_attempt_item_id_number")),
    )
    with op.batch_alter_table("score", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_score_correction_id"), ["correction_id"], unique=False)
        batch_op.create_index("ix_score_item_id_lineage", ["item_id", "lineage"], unique=False)
        batch_op.create_index(batch_op.f("ix_score_item_revision_id"), ["item_revision_id"], unique=False)
        batch_op.create_index(
            "ix_score_section_page",
            [
                "section_id",
                "student_id",
                "skill",
                "fraction",
                "attempt_item_id",
                "number",
                "item_id",
                "answered",
                "chance",
                "created_at",
                "confidence",
                "review",
            ],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_score_student_id"), ["student_id"], unique=False)

    op.create_table(
        "stand_in",
        sa.Column("attempt_item_id", sa.Integer(), nullable=False),
        sa.Column("item_revision_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["attempt_item_id"],
            ["attempt_item.id"],
            name=op.f("fk_stand_in_attempt_item_id_attempt_item"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["item_revision_id"],
            ["item_revision.id"],
            name=op.f("fk_stand_in_item_revision_id_item_revision"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("attempt_item_id", name=op.f("pk_stand_in")),
    )
    with op.batch_alter_table("stand_in", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stand_in_item_revision_id"), ["item_revision_id"], unique=False)

    op.create_table(
        "chosen_option",
        sa.Column("score_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("section_id", sa.Integer(), nullable=False),
        sa.Column("student_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=64), nullable=False),
        sa.Column("option", sa.String(length=64), nullable=False),
        sa.Column("is_right", sa.Boolean(), nullable=False),
        sa.Column("sound", sa.Boolean(), nullable=True),
        sa.Column("lure", sa.String(length=24), nullable=True),
        sa.Column("misconception", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["item_id"], ["item.id"], name=op.f("fk_chosen_option_item_id_item"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["score_id"], ["score.id"], name=op.f("fk_chosen_option_score_id_score"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["section_id"], ["section.id"], name=op.f("fk_chosen_option_section_id_section"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["student_id"], ["student.id"], name=op.f("fk_chosen_option_student_id_student"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("score_id", "number", name=op.f("pk_chosen_option")),
    )
    with op.batch_alter_table("chosen_option", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_chosen_option_item_id"), ["item_id"], unique=False)
        batch_op.create_index(
            "ix_chosen_option_section_page",
            ["section_id", "is_right", "score_id", "student_id", "item_id", "option", "misconception", "lure"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_chosen_option_student_id"), ["student_id"], unique=False)
        batch_op.create_index(
            "ix_chosen_option_verdicts",
            ["section_id", "student_id", "is_right", "sound", "item_id", "score_id"],
            unique=False,
            sqlite_where=sa.text("sound IS NOT NULL"),
            postgresql_where=sa.text("sound IS NOT NULL"),
        )


def downgrade() -> None:
    """There is no way back but a backup: going back would lose what students wrote since."""
    raise NotImplementedError("Restore the backup that was made before this migration.")
