"""Alembic environment: migrates the engine handed over in `config.attributes`."""

from __future__ import annotations

from alembic import context

from kb.store.schema import metadata


def run() -> None:
    """Run the migrations online; there is no offline mode, the file is always at hand."""
    engine = context.config.attributes["engine"]
    with engine.connect() as connection:
        context.configure(
            connection=connection, target_metadata=metadata, render_as_batch=True, transaction_per_migration=True
        )
        with context.begin_transaction():
            context.run_migrations()


run()
