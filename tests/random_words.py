"""What random statements speak of: the places of their templates, filled from what is there."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from typing import Any

Words = dict[str, Any]

_BUILT_IN = (
    "integer integer integer bigint smallint text text text varchar(10) varchar(40) numeric"
    " numeric(8,2) boolean date timestamptz timestamp uuid jsonb integer[] text[] int4range bytea"
    " inet interval char(3) real double_precision point bit(4) time xid8 name tsvector"
).split()
_COLUMNS = ("a", "b", "c", "d", "e", '"F g"')
_LITERALS: dict[str, Sequence[str]] = {
    "N": ("1", "2", "3", "7", "40"),
    "S": ("'a'", "'bb'", "'x y'", "''", "'7'"),
    "B": ("true", "false"),
    "D": ("'2020-01-01'", "'2024-02-29'", "'10:00'"),
    "T": ("'1 day'", "'2 hours'"),
    "A": ("'{}'", "'{1,2}'", "'{{1,2},{3,4}}'"),
    "R": ("'[1,5)'", "'empty'", "'[10,20)'"),
    "G": ("'(1,2)'",),
    "I": ("'10.0.0.1'",),
    "V": ("'1010'", "'0001'"),
    "U": ("'{}'", "'1'", "'11111111-1111-1111-1111-111111111111'", "'[1, 2]'"),
}


class Scene:
    """What is there, and how the places of a template are filled from it."""

    def __init__(self, chance: random.Random, state: Words) -> None:
        self.chance = chance
        self.state = state
        self._current: Words | None = None
        self._columns: list[str] = []
        self._last: Words = {}

    def filled(self, template: str) -> str | None:
        """Give a statement, or None where what it speaks of is not there."""
        self._current = None
        self._columns = []
        try:
            return re.sub(r"<(\w+)>", lambda m: self._word(m[1]), template)
        except LookupError:
            return None

    def insert(self, relation: Words) -> str:
        """Give a statement that writes one row."""
        usable = [c for c in relation["columns"] if not c["generated"] and c["identity"] != "a"]
        if not usable:
            return f"INSERT INTO {relation['sql']} DEFAULT VALUES"
        names = ", ".join(c["name"] for c in usable)
        values = ", ".join(self._row_value(c) for c in usable)
        return f"INSERT INTO {relation['sql']} ({names}) VALUES ({values})"

    def _row_value(self, column: Words) -> str:
        chance = self.chance
        if chance.random() < 0.1:
            return "DEFAULT"
        return self._literal_of(column["type"], column["category"])

    def _literal_of(self, type_: str, category: str) -> str:
        for each in self.state["types"]:
            if each["sql"] == type_ and each["labels"]:
                return f"'{self.chance.choice(each['labels'])}'"
        choices = _LITERALS.get(category)
        return self.chance.choice(choices) if choices else "NULL"

    # --- what templates name ---------------------------------------------------------------

    def _word(self, name: str) -> str:
        method: Callable[[], str] | None = getattr(self, f"_{name}", None)
        if method is not None:
            return method()
        return self.chance.choice(_WORDS[name])

    def _pick(self, things: Sequence[Words]) -> Words:
        return self.chance.choice(things)  # IndexError is a LookupError

    def _relation(self, kinds: str) -> str:
        self._current = self._pick([r for r in self.state["relations"] if r["kind"] in kinds])
        return str(self._current["sql"])

    def _rel(self) -> str:
        return self._place(f"r{self.chance.randint(1, 6)}")

    def _typename(self) -> str:
        return self._place(f"y{self.chance.randint(1, 4)}")

    def _routine(self) -> str:
        return self._place(f"f{self.chance.randint(1, 4)}")

    def _statname(self) -> str:
        return self._place(f"st{self.chance.randint(1, 2)}")

    def _place(self, name: str) -> str:
        return f"{'s1' if self.chance.random() < 0.25 else 'public'}.{name}"

    def _table(self) -> str:
        return self._relation("rp")

    def _whole(self) -> str:
        return self._relation("p")

    def _view(self) -> str:
        return self._relation("v")

    def _matview(self) -> str:
        return self._relation("m")

    def _anyview(self) -> str:
        return self._relation("vr")

    def _any(self) -> str:
        return self._relation("rpvmf")

    def _same(self) -> str:
        return str(self._now()["sql"])

    def _seq(self) -> str:
        return self._relation_aside("S")

    def _index(self) -> str:
        return self._relation_aside("iI").rpartition(".")[2]

    def _relation_aside(self, kinds: str) -> str:
        return str(self._pick([r for r in self.state["relations"] if r["kind"] in kinds])["sql"])

    def _rowtype(self) -> str:
        name = self._relation_aside("rpvm")
        return name + self.chance.choice(("", "", "[]"))

    def _now(self) -> Words:
        if self._current is None:
            raise LookupError
        return self._current

    def _column(self) -> Words:
        self._last = self._pick(self._now()["columns"])
        return self._last

    def _c(self) -> str:
        return str(self._column()["name"])

    def _newcol(self) -> str:
        left = [c for c in _COLUMNS if c not in self._columns]
        self._columns.append(self.chance.choice(left))
        return self._columns[-1]

    def _type(self) -> str:
        types = [t["sql"] for t in self.state["types"]]
        if types and self.chance.random() < 0.3:
            return str(self.chance.choice(types) + self.chance.choice(("", "", "", "[]")))
        return self.chance.choice(_BUILT_IN).replace("_", " ")

    def _columns_of(self, number: int, *, full: bool) -> str:
        found = []
        for _ in range(number):
            text = f"{self._newcol()} {self._type()}"
            if full:
                text += self.chance.choice(("", "", "", "", " NOT NULL", " UNIQUE", " PRIMARY KEY"))
            found.append(text)
        return ", ".join(found)

    def _columndefs(self) -> str:
        return self._columns_of(self.chance.randint(1, 4), full=True)

    def _attributes(self) -> str:
        return self._columns_of(self.chance.randint(1, 3), full=False)

    def _later(self) -> str:
        return f"{self.chance.choice(self._columns)} IS NOT NULL"

    def _partitioning(self) -> str:
        names = self._columns or [c["name"] for c in self._now()["columns"]]
        way = self.chance.choice(("LIST", "RANGE", "HASH"))
        return f"{way} ({self.chance.choice(names)})"

    def _bound(self) -> str:
        low = self.chance.randint(0, 3) * 10
        return self.chance.choice(
            (
                "DEFAULT",
                f"FOR VALUES FROM ({low}) TO ({low + 10})",
                f"FOR VALUES FROM ('202{low // 10}-01-01') TO ('202{low // 10 + 1}-01-01')",
                f"FOR VALUES FROM ('{'amsz'[low // 10]}') TO ('{'msz~'[low // 10]}')",
                f"FOR VALUES IN ({low // 10}, {low // 10 + 40})",
                f"FOR VALUES IN ('{'ab7x'[low // 10]}')",
                f"FOR VALUES WITH (MODULUS 4, REMAINDER {low // 10})",
            )
        )

    def _literal(self) -> str:
        return self.chance.choice([each for some in _LITERALS.values() for each in some])

    _anyliteral = _literal

    def _value(self) -> str:
        """Give a default for the column that was named last."""
        column = self._last
        calls = [r["name"] + "()" for r in self.state["routines"] if not r["arguments"]]
        sequences = [r["sql"] for r in self.state["relations"] if r["kind"] == "S"]
        more = [f"nextval('{s}')" for s in sequences if column["category"] == "N"]
        more += ["now()"] if column["category"] == "D" else []
        literal = self._literal_of(column["type"], column["category"])
        return str(self.chance.choice([literal, literal, *calls, *more]))

    def _condition(self) -> str:
        return self._condition_on(self._column(), "")

    def _newcondition(self) -> str:
        return self._condition_on(self._column(), "NEW.")

    def _condition_on(self, column: Words, prefix: str) -> str:
        name = prefix + column["name"]
        literal = self._literal_of(column["type"], column["category"])
        calls = [
            f"{r['name']}({name})"
            for r in self.state["routines"]
            if r["arguments"] == [column["type"]] and r["result"] == "boolean"
        ]
        return self.chance.choice(
            [f"{name} IS NOT NULL", f"{name} <> {literal}", f"{name} = {literal}", *calls]
            + ([f"{name} > 0", f"{name} % 2 < 5"] if column["category"] == "N" else [])
            + ([f"length({name}) < 90"] if column["category"] == "S" else [])
        )

    def _scalar(self) -> str:
        column = self._column()
        name = column["name"]
        calls = [
            f"{r['name']}({name})"
            for r in self.state["routines"]
            if r["arguments"] == [column["type"]] and r["kind"] == "f"
        ]
        operators = [f"{name} OPERATOR(public.<->) 1"] if column["category"] == "N" else []
        return self.chance.choice(
            [f"({name})", f"coalesce({name}, NULL)", *calls, *operators]
            + ([f"{name} + 1", f"{name} * 2"] if column["category"] == "N" else [])
            + ([f"lower({name})", f"{name} || 'x'"] if column["category"] == "S" else [])
        )

    def _outputs(self) -> str:
        columns = self._now()["columns"]
        names = list(_COLUMNS)
        self.chance.shuffle(names)
        chosen = self.chance.sample(columns, min(len(columns), self.chance.randint(1, 3)))
        found = []
        for column, name in zip(chosen, names, strict=False):
            text = column["name"] if self.chance.random() < 0.7 else self._scalar()
            found.append(f"{text} AS {name}")
        if not found:
            raise LookupError
        return ", ".join(found)

    def _call(self) -> str:
        routine = self._pick([r for r in self.state["routines"] if r["kind"] == "f"])
        return f"{routine['name']}({', '.join(f'NULL::{a}' for a in routine['arguments'])})"

    def _setcall(self) -> str:
        return self._call()

    def _key(self) -> str:
        table = self._pick([r for r in self.state["relations"] if r["kind"] in "rp"])
        column = self._pick(table["columns"])
        return f"{table['sql']} ({column['name']})"

    def _usertype(self) -> str:
        return self._of_types("ecdrb")

    def _enum(self) -> str:
        return self._of_types("e")

    def _composite(self) -> str:
        return self._of_types("c")

    def _domain(self) -> str:
        return self._of_types("d")

    def _of_types(self, kinds: str) -> str:
        return str(self._pick([t for t in self.state["types"] if t["kind"] in kinds])["sql"])

    def _labels(self) -> str:
        labels = list("abxyz7")
        self.chance.shuffle(labels)
        return ", ".join(f"'{x}'" for x in labels[: self.chance.randint(1, 5)])

    def _label(self) -> str:
        return f"'{self.chance.choice('abxyz7')}'"

    def _triggerfunction(self) -> str:
        found = [r["sql"] for r in self.state["routines"] if r["result"] == "trigger"]
        return str(self.chance.choice(found))

    def _intfunc2(self) -> str:
        wanted = ["integer", "integer"]
        return str(
            self._pick([r for r in self.state["routines"] if r["arguments"] == wanted])["name"]
        )

    def _signature(self) -> str:
        return str(self._pick([r for r in self.state["routines"] if r["kind"] == "f"])["sql"])

    def _small(self) -> str:
        return str(self.chance.randint(10, 99))

    def _maybe(self) -> str:
        return self.chance.choice(("", "", f"i{self.chance.randint(1, 6)}"))

    def _constraint(self) -> str:
        return self.chance.choice(("", "", f"CONSTRAINT {self._word('k')}"))


_WORDS: dict[str, Sequence[str]] = {
    "k": ("k1", "k2", "k3", "k4"),
    "trigger": ("k1", "k2", "k3", "k4"),
    "pub": ("p1", "p2"),
    "op": ("<->", "<+>"),
    "schema": ("public", "s1"),
    "event": ("INSERT", "UPDATE", "DELETE"),
    "always": ("ALWAYS", "BY DEFAULT"),
    "storage": ("EXTERNAL", "MAIN", "EXTENDED", "PLAIN"),
    "deferrable": ("", "", "DEFERRABLE", "DEFERRABLE INITIALLY DEFERRED"),
    "unproven": ("", "", "", "NOT VALID"),
    "action": ("", "ON DELETE CASCADE", "ON UPDATE SET NULL", "DEFERRABLE", "NOT VALID"),
    "method": ("hash", "gin", "gist", "brin", "spgist"),
    "subtype": ("integer", "numeric", "text", "date"),
    "domaincheck": ("", "", "NOT NULL", "CHECK (VALUE IS NOT NULL)", "CHECK (VALUE::text <> 'q')"),
    "sequence": ("", "AS integer", "INCREMENT 5 MINVALUE 5", "CYCLE MAXVALUE 99"),
    "assignment": ("ASSIGNMENT", "IMPLICIT"),
    "when": (
        "BEFORE INSERT",
        "AFTER UPDATE",
        "BEFORE INSERT OR UPDATE",
        "AFTER DELETE",
    ),
}
