"""A migration runs while the earlier version works on a table of a million rows: neither may stop the other."""

import re
from collections.abc import Sequence

import pytest
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import connection, migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState
from django_migration_linter.sql_analyser import analyse_sql_statements
from django_migration_linter.sql_analyser.postgresql import PostgresqlAnalyser

from tests.test_project import APPS

pytestmark = pytest.mark.django_db
# The last migrations before the first installation: these and those before them only ever ran on empty tables.
BASELINE = {
    "accounts": "0008_reporter_erased",
    "audit": "0010_data_erased",
    "callcenter": "0002_redaction",
    "complaints": "0004_decree",
    "consultations": "0003_redaction",
    "escalation": "0005_data_claims",
    "knowledge": "0001_initial",
    "notifications": "0005_mail_pause",
    "privacy": "0001_initial",
    "tickets": "0010_redaction",
    "tracking": "0001_initial",
}


def unsafe(migration: migrations.Migration, before: ProjectState) -> list[str]:
    """Return what in a migration locks a big table for long, or takes away what the earlier version uses."""
    with connection.schema_editor(collect_sql=True, atomic=migration.atomic) as editor:
        migration.apply(before, editor, collect_sql=True)
    errors, _ignored, warnings = analyse_sql_statements(PostgresqlAnalyser, editor.collected_sql, [])
    return [issue.message for issue in errors + warnings] + unchecked(editor.collected_sql)


def unchecked(statements: Sequence[str]) -> list[str]:
    """Return constraints that read a whole table under its strongest lock; the linter knows only unique ones."""
    made = {found[1] for line in statements if (found := re.match(r'CREATE TABLE ("\w+")', line))}
    adding = r'ALTER TABLE ("\w+") ADD CONSTRAINT .* (?:CHECK|FOREIGN KEY) '
    added = [(line, found[1]) for line in statements if (found := re.match(adding, line))]
    return [f"CHECKING all rows: {line}" for line, table in added if table not in made and "NOT VALID" not in line]


def after(app: str, name: str) -> bool:
    return app not in BASELINE or name > BASELINE[app]


def test_the_baseline_names_what_there_is() -> None:
    known = MigrationLoader(None).disk_migrations

    assert set(BASELINE.items()) <= known.keys()


def test_every_migration_since_the_first_installation_is_safe_on_a_big_table() -> None:
    loader = MigrationLoader(connection)
    ours = [key for key in loader.disk_migrations if key[0] in APPS and after(*key)]

    found = {
        f"{app}.{name}": unsafe(loader.get_migration(app, name), loader.project_state((app, name), at_end=False))
        for app, name in ours
    }

    assert {name: faults for name, faults in found.items() if faults} == {}, "docs/operations.md: expand, then contract"


def faults_of(*operations: migrations.operations.base.Operation, atomic: bool = True) -> list[str]:
    migration = migrations.Migration("later", "tickets")
    migration.operations, migration.atomic = list(operations), atomic
    return unsafe(migration, MigrationLoader(connection).project_state())


NAMED = models.CheckConstraint(condition=~models.Q(title=""), name="named")
INDEX = models.Index(fields=["title"], name="by_title")


@pytest.mark.parametrize(
    ("operation", "why"),
    [
        (migrations.AddField("ticket", "must", models.TextField(default="")), "NOT NULL constraint"),
        (migrations.AlterField("ticket", "occurred_at", models.DateTimeField()), "NOT NULL constraint"),
        (migrations.RemoveField("ticket", "title"), "DROPPING columns"),
        (migrations.RenameField("ticket", "title", "headline"), "RENAMING columns"),
        (migrations.AlterField("ticket", "title", models.IntegerField()), "ALTERING columns"),
        (migrations.DeleteModel("presence"), "DROPPING table"),
        (migrations.AddIndex("ticket", INDEX), "CREATE INDEX locks table"),
        (migrations.AddConstraint("ticket", models.UniqueConstraint("title", name="one")), "ADDING unique"),
        (migrations.AddConstraint("ticket", NAMED), "CHECKING all rows"),
    ],
)
def test_an_unsafe_migration_is_found(operation: migrations.operations.base.Operation, why: str) -> None:
    assert any(why in fault for fault in faults_of(operation))


@pytest.mark.parametrize(
    "operation",
    [
        migrations.AddField("ticket", "may", models.TextField(null=True)),
        migrations.AddField("ticket", "has", models.TextField(db_default="")),
        migrations.CreateModel("Later", [("id", models.BigAutoField(primary_key=True)), ("name", models.TextField())]),
        migrations.RunSQL("ALTER TABLE tickets_ticket ADD CONSTRAINT named CHECK (title <> '') NOT VALID"),
    ],
)
def test_a_safe_migration_passes(operation: migrations.operations.base.Operation) -> None:
    assert faults_of(operation) == []


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_an_index_built_beside_the_work_passes() -> None:
    assert faults_of(AddIndexConcurrently("ticket", INDEX), atomic=False) == []
