"""The table part of a suggestion: one answer from the cell a question means, on the day it is about."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping

from assistant.suggest.bills import bill_day
from assistant.suggest.cells import Reading, TableReader, load_table_reader, sentence
from assistant.suggest.prices import TARIFF
from kb.domain.knowledge import FoundPassage
from kb.domain.suggestion import Answer, Citation
from kb.domain.validity import Scope
from kb.search.catalogue import Catalogue
from kb.text.rulefiles import RuleFiles

KEYED = "资料"


class Tables:
    """Answers price questions from stored cells.

    `confidence` is the share of labelled table questions answered right, the measured probability of being right.
    """

    def __init__(self, reader: TableReader, unit: str, confidence: float) -> None:
        self._reader = reader
        self._unit = unit
        self._confidence = confidence

    def read(self, text: str, facts: Mapping[str, str], catalogue: Catalogue, scope: Scope) -> Reading:
        """Return what the tables in force on the bill's day say; nothing for what is no price question."""
        if not self._reader.asks(text):
            return Reading()
        on_day = dataclasses.replace(scope, as_of=bill_day(text, scope.as_of) or scope.as_of)
        reading = self._reader.keyed(text, _rows(catalogue, on_day, KEYED))
        return reading if reading.cells else self._reader.tariff(text, facts, _rows(catalogue, on_day, TARIFF))

    def answer(self, reading: Reading) -> Answer | None:
        """Return the answer of a settled reading."""
        if not reading.settled:
            return None
        found = reading.cells[0].found
        since = found.passage.validity.valid_from or found.document.validity.valid_from
        until = found.passage.validity.valid_to or found.document.validity.valid_to
        return Answer(
            entry_id=found.passage.passage_id,
            kind="表格行",
            question=reading.cells[0].row,
            answer=sentence(reading.cells, self._unit),
            branch={},
            confidence=self._confidence,
            citations=(
                Citation(
                    document=found.document.title,
                    locator=found.passage.locator,
                    valid_from=since.isoformat() if since else None,
                    valid_to=until.isoformat() if until else None,
                    public=found.document.visibility == "对外",
                ),
            ),
            why={"matched": reading.cells[0].row, "exact": False, "cells": [cell.column for cell in reading.cells]},
        )


def _rows(catalogue: Catalogue, scope: Scope, kind: str) -> Iterator[FoundPassage]:
    """Yield the table rows of one kind of document that may be seen on the day."""
    for found in catalogue.rows:
        document = found.document
        if (
            document.kind == kind
            and document.validity.covers(scope.as_of)
            and scope.admits(found.passage.validity, document.visibility, document.region)
        ):
            yield found


def load_tables(files: RuleFiles) -> Tables:
    """Read the rules of tables.

    Raises:
        RuleFileInvalid: the file is malformed.
    """
    data = files.toml("tables.toml")
    return Tables(load_table_reader(files), data["unit_of_tariff"], float(data["confidence"]["value"]))
