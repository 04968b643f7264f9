"""A plan as JSON, and back: what `plan --format json` writes is what `apply PLANFILE` reads.

`docs/plan.schema.json` is its published form. The digest covers everything else, so that what is
applied is what was reviewed: an edited file is refused.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, cast

from schemadiff.core.catalog import Unmanaged
from schemadiff.core.change import Alter, Change, Create, Drop, Rename
from schemadiff.core.diagnostic import Diagnostic, Place, Severity
from schemadiff.core.errors import PlanError
from schemadiff.core.hazard import Hazard
from schemadiff.core.identity import Identity
from schemadiff.core.lock import LockMode
from schemadiff.core.operation import Guard, Operation, ScanFor, Transaction, Verb
from schemadiff.core.plan import FORMAT_VERSION, Expected, Plan, Segment, Watch
from schemadiff.core.preflight import Answer, Meaning, Question
from schemadiff.render.entries import SavedObject, entry
from schemadiff.render.wording import VERBS, server_text

Json = dict[str, Any]


def render_json(plan: Plan, *, generated: datetime | None = None) -> str:
    """Write a plan as JSON; the result ends with a line end."""
    document = to_document(plan, generated=generated)
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def to_document(plan: Plan, *, generated: datetime | None = None) -> Json:
    """Give a plan as the value that the JSON says."""
    counts = plan.counts()
    summary: Json = {verb: counts[verb] for verb in VERBS}
    summary |= {"rebuilt": len(plan.rebuilt), "hazards": len(plan.hazards), "empty": plan.empty}
    document: Json = {
        "format_version": FORMAT_VERSION,
        "generated": generated.astimezone(UTC).isoformat() if generated else None,
        "server": {
            "version": plan.server_version,
            "name": server_text(plan.server_version) if plan.server_version else "",
        },
        "database": plan.database,
        "database_id": plan.database_id,
        "fingerprints": {
            "current": plan.current_fingerprint,
            "desired": plan.desired_fingerprint,
        },
        "summary": summary,
        "hazards": [_hazard(h) for h in plan.hazards],
        "changes": [_change(c) for c in plan.changes],
        "rebuilt": [_change(c) for c in plan.rebuilt],
        "segments": [_segment(s) for s in plan.segments],
        "questions": [_question(q) for q in plan.questions],
        "answers": None if plan.answers is None else [_answer(a) for a in plan.answers],
        "expected": [_expected(e) for e in plan.expected],
        **({"watches": [_watch(w) for w in plan.watches]} if plan.watches else {}),
        "unmanaged": [{"kind": u.kind, "name": u.name, "reason": u.reason} for u in plan.unmanaged],
        "notes": [_note(n) for n in plan.notes],
    }
    return document | {"digest": digest(document)}


def digest(document: Json) -> str:
    """Hash a document without its digest; layout and the order of keys do not count."""
    rest = {k: v for k, v in document.items() if k != "digest"}
    text = json.dumps(rest, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def _ref(identity: Identity | None) -> Json | None:
    return {"kind": identity.kind, "path": list(identity.path)} if identity else None


def _hazard(hazard: Hazard) -> Json:
    return {
        "code": hazard.code,
        "class": hazard.cls,
        "severity": hazard.severity.value,
        "kind": hazard.subject.kind,
        "path": list(hazard.subject.path),
        "message": hazard.message,
        "advice": hazard.advice,
        "allowed": hazard.allowed or None,
        "loses_data": hazard.loses_data,
        "flag": hazard.flag,
    }


def _change(change: Change) -> Json:
    seen = entry(change)
    values: Json = {}
    for name, old, new in seen.attributes:
        values[name] = {
            **({} if seen.verb == "create" else {"old": old}),
            **({} if seen.verb == "drop" else {"new": new}),
        }
    return {
        "verb": seen.verb,
        "kind": seen.identity.kind,
        "path": list(seen.identity.path),
        "parent": _ref(seen.parent),
        "name": seen.name,
        "old_path": list(seen.before.path) if seen.before else None,
        "cause": _ref(seen.cause),
        "attributes": values,
    }


def _segment(segment: Segment) -> Json:
    return {
        "transactional": segment.transactional,
        "operations": [_operation(o) for o in segment.operations],
    }


def _operation(operation: Operation) -> Json:
    return {
        "verb": operation.verb.value,
        "kind": operation.target.kind,
        "path": list(operation.target.path),
        "sql": operation.sql,
        "guard": operation.guard.condition if operation.guard else None,
        "lock": operation.lock.sql,
        "blocks": operation.lock.blocks,
        "rewrites": operation.rewrites,
        "scans": operation.scans,
        "transaction": operation.transaction.value,
        "hazards": [_hazard(h) for h in operation.hazards],
        **({"touches": [_ref(t) for t in operation.touches]} if operation.touches else {}),
        **({"reads": [_ref(t) for t in operation.reads]} if operation.reads else {}),
        **({"on_new": True} if operation.on_new else {}),
        **({"why": operation.why} if operation.why else {}),
        **({"scan_for": operation.scan_for.value} if operation.scan_for else {}),
        **({"makes": True} if operation.makes else {}),
        **({"clears": True} if operation.clears else {}),
        **({"secrets": list(operation.secrets)} if operation.secrets else {}),
        **({"along": list(operation.along)} if operation.along else {}),
        **({"defers": True} if operation.defers else {}),
    }


def _expected(expected: Expected) -> Json:
    return {
        "kind": expected.identity.kind,
        "path": list(expected.identity.path),
        "planned": expected.planned,
        "forms": list(expected.forms),
        "whole": expected.whole,
        **({"goes": True} if expected.goes else {}),
    }


def _watch(watch: Watch) -> Json:
    seen = zip(watch.identities, watch.columns, strict=True)
    return {
        "read": [{"kind": i.kind, "path": list(i.path), "columns": list(c)} for i, c in seen],
        "queries": list(watch.queries),
    }


def _question(question: Question) -> Json:
    subject = question.subject
    return {
        "kind": subject.kind,
        "path": list(subject.path),
        "meaning": question.meaning.value,
        "text": question.text,
        "count": question.count,
        "examples": question.examples,
        "trial": question.trial,
        "makes": question.makes,
        "computes": question.computes,
        "maintained": question.maintained,
        "named": question.named,
        "guess": question.guess,
        "unasked": question.unasked,
    }


def _answer(answer: Answer) -> Json:
    subject = answer.question.subject
    return {
        "kind": subject.kind,
        "path": list(subject.path),
        "outcome": answer.outcome.value,
        "text": answer.text,
        "count": answer.count,
        "examples": list(answer.examples),
    }


def _note(note: Diagnostic) -> Json:
    place = note.place
    return {
        "code": note.code,
        "severity": note.severity.value,
        "message": note.message,
        "hint": note.hint,
        "place": asdict(place) if place else None,
    }


# ------------------------------------------------------------------------------ and back


def from_json(text: str, *, file: str = "") -> Plan:
    """Read a saved plan; its changes come back as what is shown of them.

    Raises PlanError for what is no plan, one of another format, and one that was edited.
    """
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise _refusal(file, "SD310", "this is not a plan: it is not JSON", _AGAIN) from None
    if not isinstance(document, dict) or "format_version" not in document:
        raise _refusal(file, "SD310", "this is not a plan: it has no format_version", _AGAIN)
    version = document["format_version"]
    if version != FORMAT_VERSION or isinstance(version, bool):
        message = f"this plan has format_version {version!r:.40}; read is {FORMAT_VERSION}"
        hint = "make the plan and apply it with the same version of schemadiff"
        raise _refusal(file, "SD311", message, hint)
    if document.get("digest") != _digest_of_any(document):
        message = "this plan was changed after it was made: its digest does not fit"
        raise _refusal(file, "SD312", message, _AGAIN)
    try:
        return _plan(document)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError):
        message = "this plan does not have the form of docs/plan.schema.json"
        raise _refusal(file, "SD310", message, _AGAIN) from None


_AGAIN = "write it anew: schemadiff plan --out FILE.json"


def _refusal(file: str, code: str, message: str, hint: str) -> PlanError:
    place = Place(file) if file else None
    return PlanError(Diagnostic(code=code, message=message, hint=hint, place=place))


def _digest_of_any(document: Json) -> str:
    try:
        return digest(document)
    except RecursionError:
        return ""


def _plan(document: Json) -> Plan:
    return Plan(
        changes=_saved(document["changes"]),
        segments=tuple(_read_segment(s) for s in document["segments"]),
        current_fingerprint=str(document["fingerprints"]["current"]),
        desired_fingerprint=str(document["fingerprints"]["desired"]),
        server_version=int(document["server"]["version"]),
        database=str(document["database"]),
        unmanaged=tuple(
            Unmanaged(u["kind"], u["name"], u["reason"]) for u in document["unmanaged"]
        ),
        notes=tuple(_read_note(n) for n in document["notes"]),
        rebuilt=_saved(document["rebuilt"]),
        database_id=_string(document["database_id"]),
        questions=tuple(_read_question(q) for q in document.get("questions", ())),
        expected=tuple(_read_expected(e) for e in document["expected"]),
        watches=tuple(_read_watch(w) for w in document.get("watches", ())),
    )


def _identity(value: Json) -> Identity:
    path = tuple(map(str, value["path"]))
    if not path:
        raise ValueError(value)
    return Identity(str(value["kind"]), path)


def _saved(changes: Iterable[Json]) -> tuple[Change, ...]:
    return tuple(_read_change(c) for c in changes)


def _read_change(value: Json) -> Change:
    identity = _identity(value)
    parent = _identity(value["parent"]) if value["parent"] else None
    attributes = cast("dict[str, Json]", value["attributes"])

    def side(which: str, of: Identity = identity) -> SavedObject:
        found = ((n, v[which]) for n, v in attributes.items() if which in v)
        return SavedObject(of, parent, _string(value["name"]), tuple(found))

    match value["verb"]:
        case "create":
            return Create(side("new"))
        case "drop":
            return Drop(side("old"))
        case "rename":
            before = Identity(identity.kind, tuple(map(str, value["old_path"])))
            return Rename(side("old", before), side("new"))
        case "change" | "replace" as verb:
            cause = _identity(value["cause"]) if value["cause"] else None
            changed = frozenset(attributes)
            return Alter(side("old"), side("new"), changed, verb == "replace", cause)
        case other:
            raise ValueError(other)


def _read_segment(value: Json) -> Segment:
    operations = tuple(_read_operation(o) for o in value["operations"])
    return Segment(operations, _flag(value["transactional"]))


def _read_operation(value: Json) -> Operation:
    guard = value["guard"]
    return Operation(
        verb=Verb(value["verb"]),
        target=_identity(value),
        sql=_string(value["sql"]),
        guard=None if guard is None else Guard(_string(guard)),
        lock=LockMode[_string(value["lock"]).replace(" ", "_")],
        rewrites=_flag(value["rewrites"]),
        scans=_flag(value["scans"]),
        transaction=Transaction(value["transaction"]),
        hazards=tuple(_read_hazard(h) for h in value["hazards"]),
        touches=tuple(_identity(t) for t in value.get("touches", ())),
        reads=tuple(_identity(t) for t in value.get("reads", ())),
        on_new=_flag(value.get("on_new", False)),
        why=_string(value.get("why", "")),
        scan_for=ScanFor(value["scan_for"]) if "scan_for" in value else None,
        makes=_flag(value.get("makes", False)),
        clears=_flag(value.get("clears", False)),
        secrets=tuple(map(_string, value.get("secrets", ()))),
        along=tuple(map(_string, value.get("along", ()))),
        defers=_flag(value.get("defers", False)),
    )


def _read_hazard(value: Json) -> Hazard:
    return Hazard(
        _string(value["code"]),
        _string(value["class"]),
        _identity(value),
        _string(value["message"]),
        _flag(value["loses_data"]),
        Severity(value["severity"]),
    )


def _read_expected(value: Json) -> Expected:
    def form(said: object) -> str | None:
        return None if said is None else _string(said)

    forms = tuple(map(form, value["forms"]))
    whole, goes = _flag(value["whole"]), _flag(value.get("goes", False))
    return Expected(_identity(value), form(value["planned"]), forms, whole, goes)


def _read_watch(value: Json) -> Watch:
    read = value["read"]
    columns = (tuple(map(_string, r["columns"])) for r in read)
    return Watch(tuple(map(_identity, read)), tuple(columns), tuple(map(_string, value["queries"])))


def _read_question(value: Json) -> Question:
    return Question(
        subject=_identity(value),
        meaning=Meaning(value["meaning"]),
        computes=_flag(value.get("computes", False)),
        maintained=_flag(value.get("maintained", False)),
        named=_flag(value.get("named", False)),
        **{key: _string(value[key]) for key in ("text", "count", "examples", "trial", "unasked")},
        **{key: _string(value.get(key, "")) for key in ("makes", "guess")},
        tables=(),
    )


def _read_note(value: Json) -> Diagnostic:
    place = value["place"]
    return Diagnostic(
        code=value["code"],
        message=value["message"],
        hint=value["hint"],
        place=Place(**place) if place else None,
        severity=Severity(value["severity"]),
    )


def _string(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError(value)
    return value
