"""Run by alembic for each set of migrations (chassis/database/migrate.py), inside the caller's transaction."""

from alembic import context

context.configure(
    connection=context.config.attributes["connection"], version_table=context.config.attributes["version_table"]
)
context.run_migrations()
