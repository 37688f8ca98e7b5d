"""Others on the same texts: how they are built and asked, the way their own documentation shows.

They get words that our segmenter cut, joined by spaces, because none of them segments Chinese; the cutting of a query
is timed with it. They return passages; they do not judge, choose branches or say how sure they are.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata, util
from typing import Any, Protocol

from kb.encode.protocol import Encoder

TOP = 10


class Peer(Protocol):
    """One other system, filled once and asked many times."""

    def fill(self, texts: Sequence[str]) -> None:
        """Take all texts; a text's number is its place."""
        ...

    def find(self, query: str) -> list[int]:
        """Return at most `TOP` text numbers, best first."""
        ...


class Haystack:
    """`InMemoryDocumentStore.bm25_retrieval` (haystack-ai, Apache-2.0)."""

    def __init__(self, _encoder: Callable[[], Encoder]) -> None:
        os.environ.setdefault("HAYSTACK_TELEMETRY_ENABLED", "False")
        from haystack.document_stores.in_memory import InMemoryDocumentStore

        self._store: Any = InMemoryDocumentStore()

    def fill(self, texts: Sequence[str]) -> None:
        """Write one document per text."""
        from haystack import Document

        self._store.write_documents([Document(id=str(number), content=text) for number, text in enumerate(texts)])

    def find(self, query: str) -> list[int]:
        """Ask BM25; it refuses a query of no words (a caller who only says 嗯), which finds nothing here too."""
        if not query.strip():
            return []
        return [int(found.id) for found in self._store.bm25_retrieval(query=query, top_k=TOP)]


class Txtai:
    """`Embeddings(keyword=True)` (txtai, Apache-2.0): its keyword index."""

    def __init__(self, _encoder: Callable[[], Encoder]) -> None:
        from txtai import Embeddings

        self._index: Any = Embeddings(keyword=True)

    def fill(self, texts: Sequence[str]) -> None:
        """Index (number, text)."""
        self._index.index(enumerate(texts))

    def find(self, query: str) -> list[int]:
        """Ask the keyword index."""
        return [int(number) for number, _score in self._index.search(query, TOP)]


class LangChain:
    """`EnsembleRetriever` of `BM25Retriever` (rank_bm25) and `FAISS`, with our encoder (langchain, MIT)."""

    def __init__(self, encoder: Callable[[], Encoder]) -> None:
        from langchain_classic.retrievers import EnsembleRetriever
        from langchain_community.retrievers import BM25Retriever
        from langchain_community.vectorstores import FAISS

        self._bm25, self._faiss, self._ensemble = BM25Retriever, FAISS, EnsembleRetriever
        self._encoder = encoder()
        self._both: Any = None

    def fill(self, texts: Sequence[str]) -> None:
        """Fill both retrievers, a text's number as its metadata."""
        from langchain_core.embeddings import Embeddings

        encoder = self._encoder

        class Ours(Embeddings):  # type: ignore[misc]  # untyped where it is not installed
            def embed_documents(self, texts: list[str]) -> list[list[float]]:
                return encoder.encode(texts).tolist()  # type: ignore[no-any-return]

            def embed_query(self, text: str) -> list[float]:
                return encoder.encode([text])[0].tolist()  # type: ignore[no-any-return]

        numbers = [{"number": number} for number in range(len(texts))]
        words = self._bm25.from_texts(texts, metadatas=numbers, preprocess_func=str.split)
        words.k = TOP
        dense = self._faiss.from_texts(list(texts), Ours(), metadatas=numbers).as_retriever(search_kwargs={"k": TOP})
        self._both = self._ensemble(retrievers=[words, dense], weights=[0.5, 0.5])

    def find(self, query: str) -> list[int]:
        """Ask both and fuse by rank."""
        return [int(found.metadata["number"]) for found in self._both.invoke(query)][:TOP]


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerKind:
    """How a peer is shown, made, and which distributions it needs (the first names its version)."""

    title: str
    make: Callable[[Callable[[], Encoder]], Peer]
    packages: tuple[str, ...]
    modules: tuple[str, ...]


PEERS: Mapping[str, PeerKind] = {
    "haystack": PeerKind(title="Haystack 内存 BM25", make=Haystack, packages=("haystack-ai",), modules=("haystack",)),
    "txtai": PeerKind(title="txtai 关键词", make=Txtai, packages=("txtai",), modules=("txtai", "torch")),
    "langchain": PeerKind(
        title="LangChain BM25＋FAISS",
        make=LangChain,
        packages=("langchain-community", "langchain-classic", "rank-bm25", "faiss-cpu"),
        modules=("langchain_community", "langchain_classic", "rank_bm25", "faiss"),
    ),
}


def missing(kind: PeerKind) -> list[str]:
    """Return the modules of a peer that are not installed."""
    return [name for name in kind.modules if util.find_spec(name) is None]


def versions(kind: PeerKind) -> dict[str, str]:
    """Return the installed version of each of a peer's distributions; empty for one that is not there."""
    return {name: version_of(name) for name in kind.packages}


def version_of(distribution: str) -> str:
    """Return the installed version of a distribution, or an empty text."""
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return ""
