"""Silencing features: all parts name real features, and what is silenced no longer counts."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.ablation import PARTS, without
from assistant.runtime import open_runtime
from assistant.settings import Settings
from kb.search.features import FEATURES
from tests.assistant.cli.conftest import Zhida


def test_parts_name_every_feature_once_but_the_kind_of_text() -> None:
    named = [feature for features in PARTS.values() for feature in features]
    assert sorted(named) == sorted(set(FEATURES) - {"is_prose"})


def test_a_silenced_feature_no_longer_counts(zhida: Zhida, own: Path) -> None:
    with open_runtime(Settings(data=own, encoder="tiny")) as runtime:
        live = runtime.assistant.suggest("修电的要多久才来", explain=True).candidates
        blind = without(runtime, FEATURES).suggest("修电的要多久才来", explain=True).candidates
        same = without(runtime, ()).suggest("修电的要多久才来", explain=True).candidates
        with pytest.raises(KeyError, match="no such feature"):
            without(runtime, ["smell"])
    assert live is not None
    assert blind is not None
    assert same == live
    assert len({candidate.confidence for candidate in live}) > len({candidate.confidence for candidate in blind})
