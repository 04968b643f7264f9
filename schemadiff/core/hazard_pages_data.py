"""Pages of what loses rows or values, and of what the stored data decides.

The surprising fact: a backup brings rows back, but nothing that was written after it.
"""

from __future__ import annotations

from schemadiff.core.hazard_class import HazardClass

_BRIEF = "The statement itself takes milliseconds; the lock it waits for may take longer (SD127)."
_BACK = "Nothing brings them back but a backup."

DATA_PAGES = (
    HazardClass(
        code="SD101", cls="drop-table", group="data-loss", severity="error",
        title="a table is dropped with all its rows",
        advice="rename it first, drop it when nobody has missed it for a while",
        happens="The table and every row in it are gone when the transaction commits.",
        why=f"It stands in the database and not in the files. {_BACK}",
        lasts=_BRIEF,
    ),
    HazardClass(
        code="SD102", cls="drop-column", group="data-loss", severity="error",
        title="a column is dropped with its values",
        advice="take it out of every program first, and keep a copy of key and value",
        happens="The values cannot be read any more; the space comes back with later updates.",
        why=f"It stands in the database and not in the files. {_BACK}",
        lasts=_BRIEF,
    ),
    HazardClass(
        code="SD103", cls="drop-schema", group="data-loss", severity="error",
        title="a schema is dropped",
        advice="look at the list of what is in it; what is not managed makes the drop fail",
        happens="The schema goes after everything in it; what nobody manages makes it fail.",
        why=f"It stands in the database and not in the files. {_BACK}",
    ),
    HazardClass(
        code="SD104", cls="drop-sequence", group="data-loss", severity="error",
        title="the state of a sequence is lost",
        advice="note last_value first; a new sequence has to start behind it",
        happens="The counter is gone; one of the same name starts anew and gives numbers again "
        "that are in use.",
        why="Where it stands is data: no schema file holds it.",
    ),
    HazardClass(
        code="SD105", cls="drop-type", group="data-loss", severity="error",
        title="parts of a type go with the values stored in them",
        advice="move the values to a column of their own first",
        happens="The attribute disappears from every stored value of the type.",
        why=_BACK,
        lasts="As long as the tables that use the type take to be rewritten.",
    ),
    HazardClass(
        code="SD106", cls="narrow-type", group="data-loss", severity="error",
        title="a column gets a type that does not hold every value of the old one",
        advice="count what does not fit first, and give `using` what is to become of it",
        happens="Values are cut or rounded by the cast, or refused, which ends the statement.",
        why="The new type has fewer values than the old one.",
        lasts="The table is rewritten under ACCESS EXCLUSIVE, or at least read (SD121).",
    ),
    HazardClass(
        code="SD107", cls="drop-materialized-view", group="data", severity="warning",
        title="a materialized view is dropped with its rows",
        advice="make the new one beside it, fill it, and swap the names",
        happens="The stored result is gone and can be computed again only from today's tables.",
        why="The tables below keep their rows, but may have changed since the last refresh.",
        lasts=_BRIEF,
    ),
    HazardClass(
        code="SD108", cls="drop-extension", group="data-loss", severity="error",
        title="an extension is dropped with what it holds",
        advice="see what belongs to it with \\dx+ NAME in psql",
        happens="Its types, functions and tables go with it; what still uses them makes it fail.",
        why="An extension may keep rows in tables of its own.",
    ),
    HazardClass(
        code="SD109", cls="drop-object", group="data-loss", severity="error",
        title="something else is dropped that holds what no file says",
        advice="write down first what the schema files do not say of it",
        happens="What the server alone knew of it is gone.",
        why=_BACK,
    ),
    HazardClass(
        code="SD112", cls="delete-rows", group="data-loss", severity="error",
        title="rows of reference data are deleted",
        advice="list the rows under `rows:` to keep them, or take `rows_exact` away",
        happens="Rows that are not listed under `rows:` of a table with `rows_exact: true` are "
        "deleted, by the keys that the plan shows; foreign keys may delete or clear more.",
        why="The files say that these rows, and no others, are to be in the table.",
    ),
    HazardClass(
        code="SD151", cls="may-fail", group="data", severity="warning",
        title="rows that are there may make the statement fail",
        advice="count the rows in question before, and mend them",
        happens="A row that breaks the new rule ends the statement and rolls its transaction "
        "back; what was committed before stays, and the next run goes on from there.",
        why="A rule for a column or table has to hold for every row that exists.",
        lasts="It may fail only at the end of reading the whole table.",
    ),
    HazardClass(
        code="SD152", cls="loses-precision", group="data", severity="warning",
        title="numbers or times are rounded",
        advice="keep the old values in a second column until nobody asks for them",
        happens="Digits beyond the new precision are rounded away, without an error.",
        why="A cast to fewer digits rounds (manual, 8.1.2 and 8.5).",
        lasts="The table is rewritten (SD121).",
    ),
    HazardClass(
        code="SD118", cls="time-zone", group="data", severity="warning",
        title="times are read in the time zone of the database",
        advice="say the zone that the values were written in: `using: at AT TIME ZONE 'UTC'`",
        happens="A time without a zone becomes the moment at which clocks of that zone show it, "
        "or a moment the time that they show. In another zone each value means another one.",
        why="PostgreSQL converts by the session's setting TimeZone (manual, 8.5.3), here its "
        "default in this database, for this role.",
        lasts="For good: afterwards nothing tells which zone was meant.",
    ),
    HazardClass(
        code="SD153", cls="unlogged", group="data", severity="warning",
        title="a table is empty after a crash",
        advice="keep it logged unless its rows can be made again",
        happens="After a crash or an immediate shutdown the server truncates it; replicas never "
        "have its rows, and a physical backup does not hold them.",
        why="Its rows are not in the write-ahead log.",
        lasts="From the commit on; the table is rewritten (SD121).",
    ),
    HazardClass(
        code="SD154", cls="generated-change", group="data", severity="warning",
        title="a generated column holds another value in every row",
        advice="keep what it held in a column of its own first, if anyone may ask for it",
        happens="Every row gives the new expression's value; what the old one gave is gone, and "
        "checks, indexes and keys on the column meet the new values.",
        why="A generated column has no value but that of its expression.",
        lasts="A stored one is rewritten with its table (SD121), a virtual one is not stored.",
    ),
)  # fmt: skip
