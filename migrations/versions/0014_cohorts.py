"""Programs, their cohorts, and who is in them.

Revision ID: 0014
"""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0014"
down_revision: Final = "0013"
branch_labels: Final = None
depends_on: Final = None

LONG: Final = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "program",
        sa.Column("hub_id", sa.Integer, nullable=False),
        sa.Column("program_id", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("document", sa.LargeBinary, nullable=False),
        sa.Column("created_ms", LONG, nullable=False),
        sa.Column("changed_ms", LONG, nullable=False),
        sa.Column("archived_ms", LONG),
        sa.PrimaryKeyConstraint("hub_id", "program_id", name="pk_program"),
        sa.ForeignKeyConstraint(["hub_id"], ["hub.hub_id"], name="fk_program_hub"),
        sa.CheckConstraint("version >= 1", name=op.f("ck_program_version")),
        sqlite_strict=True,
    )
    op.create_table(
        "cohort",
        sa.Column("hub_id", sa.Integer, nullable=False),
        sa.Column("cohort_id", sa.Text, nullable=False),
        sa.Column("program_id", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("document", sa.LargeBinary, nullable=False),
        sa.Column("created_ms", LONG, nullable=False),
        sa.Column("changed_ms", LONG, nullable=False),
        sa.Column("finished_ms", LONG),
        sa.PrimaryKeyConstraint("hub_id", "cohort_id", name="pk_cohort"),
        sa.ForeignKeyConstraint(
            ["hub_id", "program_id"],
            ["program.hub_id", "program.program_id"],
            name="fk_cohort_program",
        ),
        sa.CheckConstraint("version >= 1", name=op.f("ck_cohort_version")),
        sqlite_strict=True,
    )
    op.create_table(
        "cohort_learner",
        sa.Column("hub_id", sa.Integer, nullable=False),
        sa.Column("cohort_id", sa.Text, nullable=False),
        sa.Column("place", sa.Integer, nullable=False),
        sa.Column("learner_id", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("added_ms", LONG, nullable=False),
        sa.PrimaryKeyConstraint("hub_id", "cohort_id", "place", name="pk_cohort_learner"),
        sa.UniqueConstraint(
            "hub_id",
            "cohort_id",
            "learner_id",
            name="uq_cohort_learner_hub_id_cohort_id_learner_id",
        ),
        sa.ForeignKeyConstraint(
            ["hub_id", "cohort_id"],
            ["cohort.hub_id", "cohort.cohort_id"],
            name="fk_cohort_learner_cohort",
        ),
        sa.ForeignKeyConstraint(
            ["hub_id", "learner_id"],
            ["learner.hub_id", "learner.learner_id"],
            name="fk_cohort_learner_learner",
        ),
        sa.CheckConstraint("place >= 1", name=op.f("ck_cohort_learner_place")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_cohort_learner_version")),
        sqlite_strict=True,
    )


def downgrade() -> None:
    """Remove them."""
    for table in ("cohort_learner", "cohort", "program"):
        op.drop_table(table)
