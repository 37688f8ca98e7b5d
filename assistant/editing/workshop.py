"""Everything the curators' pages work with, in one place."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from assistant.editing.desk import Desk
from assistant.editing.listing import Listing
from assistant.editing.pins import Pins
from assistant.editing.preview import Over, Previews
from kb.curation.library import Library


@dataclass(frozen=True, slots=True, kw_only=True)
class Workshop:
    """The desk and what is needed around it.

    Attributes:
        over: returns what answers from one shelf, for previews and for asking an earlier release.
        categories: the labels an entry may carry.
        facts: what an answer may depend on, with the options of each.
        normalise: returns a text as it is compared with others.
    """

    desk: Desk
    library: Library
    listing: Listing
    previews: Previews
    pins: Pins
    over: Over
    categories: Sequence[str]
    facts: Mapping[str, Sequence[str]]
    normalise: Callable[[str], str]
