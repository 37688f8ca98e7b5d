"""Assembles the commands; `zhida --help` loads nothing heavier than typer."""

from __future__ import annotations

import os

import typer

from assistant.cli import admin, audit, evaluation, knowledge, live, questions, serving, users

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
app.command("serve")(serving.serve)
app.add_typer(knowledge.kb_app, name="kb")
app.add_typer(evaluation.eval_app, name="eval")
app.command("bench")(evaluation.bench)
app.command("doctor")(admin.doctor)
app.command("backup")(admin.backup)
app.command("restore")(admin.restore)
app.add_typer(users.user_app, name="user")
app.add_typer(audit.audit_app, name="audit")
app.command("live")(live.live)


def main() -> None:
    """Entry point of the `zhida` script."""
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    app()


if __name__ == "__main__":
    main()
