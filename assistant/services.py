"""A runtime as the HTTP face wants it."""

from __future__ import annotations

from assistant.accounts.access import Accounts
from assistant.accounts.policy import load_policy
from assistant.api.services import Services
from assistant.calls.live import load_live_rules
from assistant.health import examine
from assistant.judge.script import load_script_checker
from assistant.runtime import Runtime
from assistant.workorder.service import Orders


def services_of(runtime: Runtime) -> Services:
    """Hand a runtime's parts to the HTTP face."""
    return Services(
        assistant=runtime.assistant,
        release=lambda: runtime.library.open_release,
        database=runtime.database,
        masker=runtime.masker,
        clock=runtime.clock,
        settings=runtime.settings,
        accounts=Accounts(
            database=runtime.database,
            clock=runtime.clock,
            session_hours=runtime.settings.session_hours,
            link_minutes=runtime.settings.link_minutes,
            idle_minutes=runtime.settings.idle_minutes,
            policy=load_policy(runtime.files),
        ),
        catalogue=lambda: runtime.library.shelf.catalogue if runtime.library.open_release is not None else None,
        labels={
            "call_types": tuple(runtime.taxonomy.call_types),
            "consult": runtime.taxonomy.consult,
            "query": runtime.taxonomy.query,
        },
        examine=lambda: examine(runtime.settings),
        live=load_live_rules(runtime.files),
        orders=Orders(database=runtime.database, adviser=runtime.adviser, masker=runtime.masker, clock=runtime.clock),
        script=load_script_checker(runtime.files),
        rules=runtime.rules,
    )
