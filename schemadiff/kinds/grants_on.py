"""Privileges on what the server or an extension brings, and no file makes (GRANT, REVOKE).

One object per thing that they are on, and only what differs from what initdb or the script of the
extension gave. The surprising fact: that is kept in pg_init_privs (manual, 52.28), so whoever has
changed nothing has none of these, and to drop one is to go back to it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator

from pydantic import ConfigDict

from schemadiff.core.catalog import Catalog
from schemadiff.core.checked import Checked, Fault
from schemadiff.core.diagnostic import Diagnostic
from schemadiff.core.errors import PlanError
from schemadiff.core.hazard import Hazard, hazard
from schemadiff.core.identity import Identity
from schemadiff.core.kind import Address, At, Context, Row, Style, YamlValue
from schemadiff.core.lock import LockMode
from schemadiff.core.names import Names
from schemadiff.core.object import DbObject
from schemadiff.core.operation import Guard, Operation, Verb
from schemadiff.core.privileged import Said
from schemadiff.core.record import replace
from schemadiff.core.spec_model import GranteeSpec, SpecModel
from schemadiff.kinds._brought import Brought, brought_of, made_here, parse_brought
from schemadiff.kinds._brought_sql import brought_sql
from schemadiff.kinds._granted_on import (
    GRANTS_ON,
    Granted,
    GrantsOn,
    Key,
    beside_given,
    by_default,
    exact,
    in_order,
    on_identity,
    spelled_out,
    unusual,
)
from schemadiff.kinds._hazards.common import grantee, public_hazard
from schemadiff.kinds._passed_on import lost_rights, taken_from_others
from schemadiff.kinds._privileges import (
    COLUMN,
    PUBLIC,
    SEQUENCES,
    TABLES,
    Rights,
    Subject,
    read_spec,
    rights,
    statements,
    written,
)


class GrantsOnSpec(SpecModel):
    """Privileges on what the server or an extension brings, by role.

    The key is what GRANT's ON says: `function pg_read_file(text)`. Absent means as it is, and a
    role that is not named has what initdb or the extension gave it. One that names columns, or
    nothing (`[]`), has no other columns.
    """

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, GranteeSpec]

    @property
    def model_fields_set(self) -> set[str]:
        """Nothing: the keys are roles, whatever they are called."""
        return set()


class GrantsOnKind(Checked):
    """GRANT, REVOKE."""

    name = GRANTS_ON
    order = 905
    model = GrantsOn
    classid = "pg_init_privs"
    section = "grants"
    within = ("",)
    spec = GrantsOnSpec
    keeps = True
    kept_words = "grants on"
    described = True
    alters = frozenset({"grants"})

    def catalog_sql(self, version: int) -> str:
        """Read what the server and extensions gave, and what is granted beside that."""
        del version
        return brought_sql()

    def read(self, row: Row, names: Names) -> GrantsOn | None:
        """Make the object, unless all is as it was given; that is noted in any case."""
        _, _, extension, home, word, schema, name, arguments, items = row
        path = (name,) if schema is None else (schema, name)
        brought = Brought(word, path, arguments)
        obj = GrantsOn(on_identity(brought), extension=extension, home=home or "")
        has: list[Granted] = []
        given: list[Granted] = []
        passed_on: list[tuple[str, str, str, str]] = []
        for role, column, privileges, grantable, first, first_grantable, others in items:
            known = obj.known(column, names.version)
            has.append((role, column, rights(privileges or (), grantable or (), known)))
            given.append((role, column, rights(first or (), first_grantable or (), known)))
            passed_on += [(role, column, giver, what) for giver, what in others or ()]
        usual = {(r, c): each for r, c, each in given}
        obj = replace(
            obj,
            grants=in_order(g for g in has if g[2] != usual[g[:2]]),
            given=in_order(g for g in given if g[2] != Rights()),
            passed_on=tuple(sorted(passed_on)),
        )
        names.given[obj.identity] = obj
        return obj if obj.grants else None

    def address(self, row: Row) -> Address:
        """Nothing depends on it, so the address has only to be unique."""
        return (f"grants on {row[1]}", row[0], 0)

    # --- YAML ------------------------------------------------------------------------------

    def expand(self, spec: GrantsOnSpec, at: At) -> Iterable[GrantsOn]:
        """Make the object of the key."""
        brought = parse_brought(at)
        if brought is None:
            return
        found: list[Granted] = []
        for role, each in spec.__pydantic_extra__.items():
            by_column = read_spec(each, brought.grantable, at, role)
            if not any(by_column[""]) and len(by_column) > 1:
                del by_column[""]
            for column, both in by_column.items():
                known = frozenset(COLUMN if column else brought.grantable.privileges)
                found.append((role, column, rights(*both, known)))
        yield GrantsOn(on_identity(brought), in_order(found))

    def faults(self, obj: GrantsOn, catalog: Catalog) -> Iterable[Fault]:
        """Refuse what the files make themselves."""
        for made in obj.on.made_as():
            if made in catalog:
                yield Fault("SD111", made_here(str(made)), f"write grants: at {made}")

    def speaker(self, obj: DbObject) -> Identity:
        """It speaks for itself."""
        return obj.identity

    def roles(self, obj: DbObject) -> Iterable[str]:
        """Who gets something."""
        assert isinstance(obj, GrantsOn)
        return {r for r, _, _ in obj.grants} - {PUBLIC}

    def presupposes(self, obj: DbObject) -> tuple[str, str]:
        """It has to be there, as something that no file makes."""
        assert isinstance(obj, GrantsOn)
        return obj.on.key, obj.on.exists()

    def suited(
        self, obj: DbObject, desired: Catalog, current: Catalog, names: Names
    ) -> DbObject | None:
        """Leave out what was given by itself, and know that."""
        assert isinstance(obj, GrantsOn)
        there = names.given.get(obj.identity)
        if isinstance(there, GrantsOn):
            given, extension = there.given, there.extension
        elif _to_come(obj, current, desired):
            return replace(obj, grants=spelled_out(obj.grants, obj, names.version))
        else:
            given, extension = by_default(obj, names.version), None
        said = replace(obj, given=given, extension=extension)
        # Where it is known already what was given, the columns that are lost are said.
        return beside_given(said if obj.given else exact(said), names.version)

    def adopt(self, raw: DbObject, current: DbObject) -> DbObject:
        """Know what was given, which names that are not said may be about."""
        assert isinstance(raw, GrantsOn)
        assert isinstance(current, GrantsOn)
        return unusual(exact(replace(raw, given=current.given))) or raw

    def yaml_key(self, obj: DbObject, style: Style) -> str:
        """Write what GRANT's ON says."""
        del style
        return obj.identity.name

    def to_yaml(
        self, obj: DbObject, nested: dict[str, dict[str, YamlValue]], style: Style
    ) -> YamlValue:
        """Write the privileges by role; of its columns all, where it says something of any."""
        del nested, style
        assert isinstance(obj, GrantsOn)
        found: dict[str, dict[str, Rights]] = defaultdict(dict)
        for role, column, each in obj.grants:
            found[role][column] = each
        spoken = {role for role, column, _ in obj.grants if column}
        for role, column, each in obj.given:
            if role in spoken:
                found[role].setdefault(column, each)
        return {role: written(found[role]) for role in sorted(found)}

    def reconcile(self, current: Catalog, desired: Catalog) -> tuple[Catalog, Catalog]:
        """Follow an extension to its other schema; what goes with one is nobody's to take back.

        Raises PlanError for what the files change of one that goes.
        """
        before, after = dict(current.objects), dict(desired.objects)
        # What is as it is may only be kept, since no file names it.
        said = [o for i in desired.of(self.name) if (o := after[i]) != before.get(i)]
        if wrong := [_goes(o) for o in said if _home(o) in before and _home(o) not in after]:
            raise PlanError(*wrong)
        for identity in current.of(self.name):
            old = before[identity]
            assert isinstance(old, GrantsOn)
            home = _home(old)
            if home not in before:
                continue
            kept = after.get(identity) == old
            if home not in after:
                del before[identity]
                after.pop(identity, None)
                continue
            schema = getattr(after[home], "schema", None)
            if schema is None or schema == old.home:
                continue
            moved = replace(old, identity=on_identity(old.on.moved(old.home, schema)))
            del before[identity]
            before[moved.identity] = moved
            if kept:
                del after[identity]
                after.setdefault(moved.identity, moved)
            elif isinstance(new := after.pop(moved.identity, None), GrantsOn):
                new = replace(new, given=old.given, extension=old.extension)
                if (new := beside_given(new, desired.version)) is not None:
                    after[moved.identity] = new
        if before == current.objects:
            return current, desired
        return replace(current, objects=before), replace(desired, objects=after)

    # --- DDL -------------------------------------------------------------------------------

    def create(self, new: GrantsOn, context: Context) -> Iterable[Operation]:
        """Grant and revoke what differs from what was given.

        What an extension will give that is not there yet nobody knows, so it is taken away first.
        """
        old = replace(new, grants=())
        unknown = _to_come(new, context.current, context.desired)
        yield from self._change(Verb.CREATE, old, new, context, unknown=unknown)

    def alter(
        self, old: GrantsOn, new: GrantsOn, changed: frozenset[str], context: Context
    ) -> Iterable[Operation]:
        """Grant and revoke the difference."""
        del changed
        yield from self._change(Verb.ALTER, old, new, context)

    def drop(self, old: GrantsOn, context: Context) -> Iterable[Operation]:
        """Go back to what was given."""
        for op in self._change(Verb.DROP, old, replace(old, grants=()), context):
            yield replace(op, guard=Guard(old.on.exists()))

    def exists(self, obj: GrantsOn) -> str:
        """Tell whether there is what they are on."""
        return obj.on.exists()

    def attempts(
        self, identity: Identity, said: Said, changed: Collection[str] | None
    ) -> Iterable[tuple[str, str]]:
        """Only the owner grants as the owner, which whoever made the database is of most of it."""
        del said, changed
        of_others = brought_of(identity.name).of_others
        yield "", f"DO $$ BEGIN IF {of_others} THEN RAISE insufficient_privilege; END IF; END $$"

    def hazards(
        self,
        old: GrantsOn | None,
        new: GrantsOn | None,
        changed: frozenset[str],
        context: Context,
    ) -> Iterable[Hazard]:
        """Say what everybody gets, and what a role loses, with those whom it has passed it on."""
        del changed
        obj = old or new
        assert obj is not None
        before, after = (obj.ends(each.grants if each else ()) for each in (old, new))
        usual = obj.ends(())
        for role, column in sorted({*before, *after}):
            known = obj.known(column, context.version)
            had, has, by_itself = (
                each.get((role, column), Rights()).sets(known)[0] for each in (before, after, usual)
            )
            on = f"column {column} of {obj.on.key}" if column else obj.on.key
            if role == PUBLIC:
                yield from public_hazard(obj, on, has - had - by_itself)
            if lost := ", ".join(sorted(had - has)):
                text = f"{grantee(role)} loses {lost} on {on}."
                yield hazard("breaks-grant", obj.identity, text)

    def _change(
        self,
        verb: Verb,
        old: GrantsOn,
        new: GrantsOn,
        context: Context,
        *,
        unknown: bool = False,
    ) -> Iterator[Operation]:
        before, after = new.ends(old.grants), new.ends(new.grants)
        relation = new.on.grantable in (TABLES, SEQUENCES)

        def operation(sql: str) -> Operation:
            return Operation(
                verb=verb,
                target=new.identity,
                sql=sql,
                requires=frozenset(context.desired.of("extension")),
                lock=LockMode.ACCESS_SHARE if relation else LockMode.NONE,
            )

        gone: dict[str, frozenset[str]] = {}
        all_lost: dict[Key, frozenset[str]] = {}
        for role, column in sorted({*before, *after}):
            known = new.known(column, context.version)
            have, want = (side.get((role, column), Rights()) for side in (before, after))
            if column and role in gone:
                # REVOKE on a table takes the same privileges from its columns.
                left, may = (names - gone[role] for names in have.sets(known))
                have = rights(left, may, known)
            lost = all_lost[role, column] = lost_rights(have, want, known)
            if not column:
                gone[role] = have.sets(known)[0] - want.sets(known)[0]
            others = any(g == role and c == column and p in lost for _, c, g, p in old.passed_on)
            subject = Subject(new.on.sql, role, column)
            said = list(statements(have, want, known, subject))
            if unknown:
                said[:0] = statements(rights(known, (), known), Rights(), known, subject)
            for sql, revokes in said:
                yield operation(f"{sql} CASCADE" if revokes and others else sql)

        def said_of(key: Key, have: Rights, want: Rights) -> Iterator[tuple[str, bool]]:
            known = new.known(key[1], context.version)
            return statements(have, want, known, Subject(new.on.sql, *key))

        yield from map(operation, taken_from_others(old.passed_on, all_lost, after, said_of))


def _to_come(obj: GrantsOn, current: Catalog, desired: Catalog) -> bool:
    """Tell whether it may be of an extension that is not there yet."""
    if obj.extension is not None or obj.on.name[0] == "pg_catalog":
        return False
    return any(i not in current for i in desired.of("extension"))


def _home(obj: DbObject) -> Identity:
    return Identity("extension", (getattr(obj, "extension", None) or "",))


def _goes(obj: DbObject) -> Diagnostic:
    """Say that the files drop what they speak of."""
    home = _home(obj)
    message = f"{obj.identity}: {home} brings it, and is dropped, for the files do not name it"
    hint = f"add {home.name} to extensions:, or take this out of grants:"
    return Diagnostic(code="SD078", message=message, hint=hint)
