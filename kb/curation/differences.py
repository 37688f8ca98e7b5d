"""What changed between two versions of one item, field by field, in the order fields are exported."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Json = dict[str, Any]


def field_changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Json]:
    """Return `{"field", "before", "after"}` for each field that differs; lists also say what came and what went."""
    changes: list[Json] = []
    for name in dict.fromkeys([*before, *after]):
        old, new = before.get(name), after.get(name)
        if old == new:
            continue
        change: Json = {"field": name, "before": old, "after": new}
        if isinstance(old, list) and isinstance(new, list):
            change["added"] = [item for item in new if item not in old]
            change["removed"] = [item for item in old if item not in new]
        changes.append(change)
    return changes


def three_sides(base: Mapping[str, Any], theirs: Mapping[str, Any], mine: Mapping[str, Any]) -> list[Json]:
    """Return each field that either side changed since `base`; `clash` is true where both did, differently."""
    return [
        {
            "field": name,
            "base": base.get(name),
            "theirs": theirs.get(name),
            "mine": mine.get(name),
            "clash": base.get(name) not in (theirs.get(name), mine.get(name)) and theirs.get(name) != mine.get(name),
        }
        for name in dict.fromkeys([*base, *theirs, *mine])
        if not base.get(name) == theirs.get(name) == mine.get(name)
    ]


def passage_changes(before: Mapping[str, Json], after: Mapping[str, Json]) -> Json:
    """Return which passages of a document came, went and changed, by id."""
    return {
        "added": sorted(after.keys() - before.keys()),
        "removed": sorted(before.keys() - after.keys()),
        "changed": sorted(key for key in before.keys() & after.keys() if before[key] != after[key]),
    }
