"""What gaps are seen against: the questions the knowledge in force answers."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from assistant.learning.cluster import Known
from assistant.learning.rules import GapRules
from kb.curation.library import Shelf
from kb.curation.watch.nearby import Vectors


def known_questions(shelf: Shelf, rules: GapRules, *, without: Collection[str] = ()) -> Known:
    """Return the question vectors of a shelf's entries but for some; guards answer nothing."""
    entries = [entry.entry_id for entry in shelf.catalogue.entries.values() if entry.kind != "guard"]
    entries = [entry_id for entry_id in entries if entry_id not in without]
    vectors = Vectors.of(shelf.snapshot, entries)
    starts = vectors.starts[:-1][np.diff(vectors.starts) > 0]
    return Known(rows=vectors.rows, starts=starts, nearest=rules.views, warmth=rules.warmth)
