"""A suggestion as JSON: the one shape of the API, the command line and the log. Knows no framework."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from kb.domain.suggestion import (
    Answer,
    Avoid,
    Citation,
    Identity,
    MustAsk,
    Nearby,
    Outage,
    Scored,
    Suggestion,
    WorkOrderAdvice,
)
from kb.text.normalise import SURROGATES

Json = dict[str, Any]
REPLACEMENT = "\ufffd"


def encodable(text: str) -> str:
    """Return `text` with lone surrogates, which no encoding can carry, replaced by U+FFFD."""
    return SURROGATES.sub(REPLACEMENT, text)


def to_json(data: Mapping[str, Any]) -> bytes:
    """Return UTF-8 JSON; lone surrogates anywhere inside are replaced.

    Raises:
        ValueError: a number is not finite.
    """
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return encodable(text).encode()


def suggestion_to_dict(suggestion: Suggestion) -> Json:
    """Return the shape of DESIGN section 3; `candidates` only when they were asked for."""
    data: Json = {
        "text": encodable(suggestion.text),
        "release": suggestion.release,
        "as_of": suggestion.as_of,
        "took_ms": suggestion.took_ms,
        "band": suggestion.band,
        "call_type": scored_to_dict(suggestion.call_type),
        "categories": [scored_to_dict(item) for item in suggestion.categories],
        "business": suggestion.business,
        "answers": [answer_to_dict(item) for item in suggestion.answers],
        "nearby": [nearby_to_dict(item) for item in suggestion.nearby],
        "must_ask": [must_ask_to_dict(item) for item in suggestion.must_ask],
        "identity": identity_to_dict(suggestion.identity),
        "say": list(suggestion.say),
        "avoid": [avoid_to_dict(item) for item in suggestion.avoid],
        "hints": [nearby_to_dict(item) for item in suggestion.hints],
        "outages": [outage_to_dict(item) for item in suggestion.outages],
        "work_order": work_order_to_dict(suggestion.work_order),
    }
    data["context"] = {"text": encodable(suggestion.context.text), "facts": dict(suggestion.context.facts)}
    if suggestion.candidates is not None:
        data["candidates"] = [answer_to_dict(item) for item in suggestion.candidates]
    return data


def scored_to_dict(item: Scored) -> Json:
    """Return `{"label", "confidence"}`."""
    return {"label": item.label, "confidence": item.confidence}


def answer_to_dict(item: Answer) -> Json:
    """Return one answer with its citations."""
    return {
        "entry_id": item.entry_id,
        "kind": item.kind,
        "question": item.question,
        "answer": item.answer,
        "branch": dict(item.branch),
        "confidence": item.confidence,
        "citations": [citation_to_dict(citation) for citation in item.citations],
        "why": dict(item.why),
        **({"conflicts_with": list(item.conflicts_with)} if item.conflicts_with else {}),
    }


def citation_to_dict(item: Citation) -> Json:
    """Return one citation; days are ISO or `None`."""
    return {
        "document": item.document,
        "locator": item.locator,
        "valid_from": item.valid_from,
        "valid_to": item.valid_to,
        "public": item.public,
    }


def nearby_to_dict(item: Nearby) -> Json:
    """Return `{"entry_id", "question"}`."""
    return {"entry_id": item.entry_id, "question": item.question}


def must_ask_to_dict(item: MustAsk) -> Json:
    """Return one question to ask first."""
    return {"fact": item.fact, "ask": item.ask, "options": list(item.options)}


def identity_to_dict(item: Identity) -> Json:
    """Return the identity gate."""
    return {
        "required": item.required,
        "accepts": list(item.accepts),
        "read_back": list(item.read_back),
        "prompt": item.prompt,
    }


def avoid_to_dict(item: Avoid) -> Json:
    """Return one thing not to say."""
    return {"utterance": item.utterance, "why": item.why, "instead": item.instead}


def outage_to_dict(item: Outage) -> Json:
    """Return one outage notice."""
    return {
        "notice_id": item.notice_id,
        "kind": item.kind,
        "area": item.area,
        "reason": item.reason,
        "starts": item.starts,
        "ends": item.ends,
        "text": item.text,
    }


def work_order_to_dict(item: WorkOrderAdvice) -> Json:
    """Return the advice on a work order."""
    return {
        "needed": item.needed,
        "form": item.form,
        "rules": list(item.rules),
        "reason": item.reason,
        "due": dict(item.due) if item.due is not None else None,
        "department": item.department,
        "draft": dict(item.draft),
        "missing": list(item.missing),
    }
