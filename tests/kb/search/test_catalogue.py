"""One release's knowledge in memory."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kb.domain.knowledge import FoundPassage
from kb.search.catalogue import Catalogue
from tests.kb.builders import document, entry, passage

Make = Callable[..., Catalogue]


@pytest.fixture
def catalogue(make_catalogue: Make) -> Catalogue:
    return make_catalogue(entry("B01", "怎么过户"), document("d1", passage("p1", "正文"), title="营业规则"), release=4)


def test_items_by_id(catalogue: Catalogue) -> None:
    found = catalogue.get("p1")
    assert catalogue.get("B01") == entry("B01", "怎么过户")
    assert isinstance(found, FoundPassage)
    assert found.document.title == "营业规则"
    with pytest.raises(KeyError):
        catalogue.get("gone")


@pytest.mark.parametrize("title", ["营业规则", "《营业规则》"])
def test_documents_by_title(catalogue: Catalogue, title: str) -> None:
    found = catalogue.document(title)
    assert found is not None
    assert found.document_id == "d1"
    assert catalogue.document("别的规则") is None


def test_texts_come_in_a_stable_order(catalogue: Catalogue) -> None:
    ids = [item.item_id for item, _texts in catalogue.texts()]
    assert ids == [item.item_id for item, _texts in catalogue.texts()] == ["B01", "p1"]
