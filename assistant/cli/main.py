"""Assembles the commands; `zhida --help` loads nothing heavier than typer."""

from __future__ import annotations

import os

import typer

from assistant.cli import (
    admin,
    audit,
    benching,
    disturbing,
    entries,
    evaluation,
    exchange,
    gaps,
    gating,
    judging,
    knowledge,
    live,
    orders,
    outages,
    pairing,
    questions,
    releases,
    replay,
    replaying,
    requests,
    rules,
    scoring,
    serving,
    sets,
    speech,
    users,
    watching,
)

app = typer.Typer(
    name="zhida",
    help="知答：95598 电力热线的检索式知识助手。只用已审核发布的知识作答，不联网，不用大语言模型。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("init")(knowledge.init)
app.command("ingest")(knowledge.ingest)
app.command("suggest")(questions.suggest)
app.command("check-script")(speech.check_script)
app.add_typer(orders.order_app, name="order")
app.add_typer(outages.outage_app, name="outage")
app.add_typer(requests.request_app, name="request")
app.command("gaps")(gaps.gaps)
app.add_typer(gaps.gap_app, name="gap")
app.add_typer(gaps.phrasing_app, name="phrasing")
app.command("serve")(serving.serve)
app.add_typer(knowledge.kb_app, name="kb")
for group in (
    sets.sets_app,
    disturbing.disturbing_app,
    scoring.scoring_app,
    replaying.replaying_app,
    gating.gating_app,
    pairing.pairing_app,
):
    evaluation.eval_app.add_typer(group)
app.add_typer(entries.entry_app, name="entry")
entries.entry_app.command("import")(exchange.import_entries)
entries.entry_app.command("export")(exchange.export_entries)
entries.entry_app.command("template")(exchange.template)
app.add_typer(releases.release_app, name="release")
app.add_typer(rules.rules_app, name="rules")
app.add_typer(evaluation.eval_app, name="eval")
evaluation.eval_app.command("cases")(replay.cases)
evaluation.eval_app.command("slots")(replay.slots)
evaluation.eval_app.command("rules")(judging.rules)
evaluation.eval_app.command("walk")(judging.walk)
app.command("bench")(benching.bench)
app.command("doctor")(admin.doctor)
app.command("backup")(admin.backup)
app.command("restore")(admin.restore)
app.add_typer(users.user_app, name="user")
app.add_typer(audit.audit_app, name="audit")
app.command("watch")(watching.watch)
app.command("dismiss")(watching.dismiss)
app.command("live")(live.live)


def main() -> None:
    """Entry point of the `zhida` script."""
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    app()


if __name__ == "__main__":
    main()
