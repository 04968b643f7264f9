"""Pages of what changes for programs, for meanings and for rights.

The surprising fact: most of these take milliseconds and cannot fail; they hurt afterwards.
"""

from __future__ import annotations

from schemadiff.core.hazard_class import HazardClass

_STEPS = "let programs know both forms first, change the schema, then take the old form away"
_AFTER = "At once, and until the programs are changed; the statement itself takes milliseconds."

MEANING_PAGES = (
    HazardClass(
        code="SD141", cls="breaks-drop", group="compatibility", severity="warning",
        title="what programs may use is dropped",
        advice="release programs that do without it first",
        happens="Statements that name it fail from the commit on.",
        why="PostgreSQL knows what its own objects use, not what programs send.",
        lasts=_AFTER,
    ),
    HazardClass(
        code="SD142", cls="breaks-rename", group="compatibility", severity="warning",
        title="what programs may use gets another name",
        advice="leave a view (or a generated column) of the old name until all use the new one",
        happens="Statements with the old name fail from the commit on.",
        why="Views and foreign keys follow a rename, texts in programs and bodies do not.",
        lasts=_AFTER,
    ),
    HazardClass(
        code="SD143", cls="breaks-not-null", group="compatibility", severity="warning",
        title="writers have to give a value that they did not have to give before",
        advice="give it a default, or " + _STEPS,
        happens="INSERT and UPDATE that leave it NULL fail.",
        why="A column that is NOT NULL without a default has to be named by every INSERT.",
        lasts=_AFTER,
    ),
    HazardClass(
        code="SD144", cls="breaks-type", group="compatibility", severity="warning",
        title="values that programs write do not fit any more",
        advice=_STEPS,
        happens="Statements with values beyond the new type fail, or store less than they say.",
        why="The new type has fewer values than the old one.",
        lasts=_AFTER,
    ),
    HazardClass(
        code="SD145", cls="breaks-label", group="compatibility", severity="warning",
        title="a label of an enum is gone or called otherwise",
        advice=_STEPS,
        happens="Statements with the old label fail.",
        why="A label in a statement is looked up when it is parsed.",
        lasts=_AFTER,
    ),
    HazardClass(
        code="SD146", cls="column-order", group="compatibility", severity="warning",
        title="a column stands in another place among the columns of its table",
        advice="name the columns in INSERT, COPY and SELECT, or plan it with --offline",
        happens="A new column takes the place of the old one at the end of the table. Until then "
        "both are there, the new one under a name for a while.",
        why="PostgreSQL cannot move a column, and writing the table anew would keep everyone out.",
        lasts="For good: INSERT and COPY without a list of columns, SELECT * and ROW(t.*) go by "
        "the order of columns.",
    ),
    HazardClass(
        code="SD147", cls="hides-rows", group="compatibility", severity="warning",
        title="row level security hides rows that programs see and write today",
        advice="make the policies first, and try them with the roles of the programs",
        happens="Queries give fewer rows, without an error; INSERT and UPDATE of rows that no "
        "policy lets pass fail.",
        why="A role sees what a permissive policy allows and all restrictive ones allow; without "
        "any policy that is nothing. Superusers, roles with BYPASSRLS and, unless it is forced, "
        "the owner see everything.",
        lasts=_AFTER,
    ),
    HazardClass(
        code="SD148", cls="breaks-grant", group="compatibility", severity="warning",
        title="a role loses a privilege",
        advice="see that no program of that role needs it any more",
        happens="Statements that need the privilege fail with permission denied.",
        why="Privileges are looked up by every statement; roles that inherit from the role lose "
        "it as well.",
        lasts=_AFTER,
    ),
    HazardClass(
        code="SD139", cls="unnamed-grants", group="compatibility", severity="error",
        title="grants on an object go back to the default, for its file names none",
        advice="`schemadiff pull` writes what is granted; where something else sees to it, write "
        "`keep: [grants]` into schemadiff.yaml",
        happens="Statements of a role on the object fail with permission denied; what was taken "
        "from everybody (EXECUTE on a function) everybody has again.",
        why="What the files do not name is to go. Silence about all grants of an object may be an "
        "oversight, so it is asked for. What default privileges give stays.",
        lasts=_AFTER,
    ),
    HazardClass(
        code="SD149", cls="breaks-replication", group="compatibility", severity="warning",
        title="subscribers get less, or cannot follow",
        advice="change the subscribers first, and see that each published table has a key",
        happens="Changes are not sent any more, or the apply worker of a subscriber stops at rows "
        "that do not fit its table; without a replica identity UPDATE and DELETE fail here.",
        why="Logical replication sends rows by the names of columns, and tells rows apart by the "
        "replica identity; it does not send changes of the schema (manual, 29).",
        lasts=_AFTER,
    ),
    HazardClass(
        code="SD150", cls="breaks-conflict-key", group="compatibility", severity="warning",
        title="a key can no longer be named by ON CONFLICT or by a foreign key",
        advice="look for INSERT … ON CONFLICT on its columns, or add a key that is not deferrable",
        happens="INSERT … ON CONFLICT on these columns fails, a new foreign key cannot refer to "
        "them, and a duplicate is told at the end of the statement or of the transaction.",
        why="A deferrable constraint does not know of a duplicate at once (manual, INSERT, ON "
        "CONFLICT Clause, and CREATE TABLE, DEFERRABLE).",
        lasts=_AFTER,
    ),
    HazardClass(
        code="SD140", cls="cached-plans", group="compatibility", severity="info",
        title="open sessions keep plans that rest on the old type of a column",
        advice="let pools open new connections afterwards, or have each session DISCARD ALL",
        happens="A prepared statement that gives the column ends with `cached plan must not change "
        "result type`, each time; in PL/pgSQL the column as a field of a row (NEW, OLD, a record) "
        "ends with `type of parameter … does not match that when preparing the plan`, which is "
        "an INSERT or UPDATE that fails where the function is a trigger's. Of a type that is made "
        "anew, statements that take a value of it end with `cache lookup failed for type …`.",
        why="A session makes a plan once and keeps it to its end; what the plan gives must not "
        "change (manual, PREPARE, and 41.11.2, Plan Caching).",
        lasts="Until the session ends, prepares the statement anew, or the function is replaced. "
        "Where the type changes in steps the functions of triggers are compiled anew by it.",
    ),
    HazardClass(
        code="SD160", cls="breaks-rule", group="compatibility", severity="info",
        title="what the database took so far is refused",
        advice="see that no program writes what the rule refuses before it is made",
        happens="INSERT and UPDATE that break the rule fail; under a foreign key so do DELETE and "
        "UPDATE of rows that are referred to.",
        why="A new constraint, or one that says more than before, looks at what programs write "
        "from the moment that it is there, also while it is not yet valid for older rows.",
        lasts=_AFTER,
    ),
    HazardClass(
        code="SD155", cls="volatility", group="behaviour", severity="warning",
        title="what stores results of a function keeps those that it gave before",
        advice="have what stores its results use a new function, or REINDEX afterwards; keep it "
        "IMMUTABLE",
        happens="Indexes, generated columns and partitions go on with values that the function may "
        "not give any more, so queries miss rows; and a restore of a dump may fail at them.",
        why="PostgreSQL asks for IMMUTABLE when they are made, and not when the function changes; "
        "with another body it does not write them anew.",
        lasts="From the commit on.",
    ),
    HazardClass(
        code="SD156", cls="null-input", group="behaviour", severity="warning",
        title="a function treats NULL otherwise",
        advice="see what callers, checks and indexes expect of it for NULL",
        happens="STRICT gives NULL for any NULL argument without running the body: a check over it "
        "passes, a WHERE over it gives no row. Without STRICT the body meets NULL.",
        why="It decides whether the function is called at all (manual, CREATE FUNCTION).",
        lasts="From the commit on.",
    ),
    HazardClass(
        code="SD157", cls="routine-settings", group="behaviour", severity="info",
        title="a routine runs with other settings",
        advice="see what in its body goes by them: formats of dates, time zone, limits, role",
        happens="While it runs a setting is another one, as for all that it calls.",
        why="SET of a routine holds from its begin to its end.",
        lasts="From the commit on.",
    ),
    HazardClass(
        code="SD158", cls="label-order", group="behaviour", severity="warning",
        title="values of an enum are sorted in another order",
        advice="look at ORDER BY, <, min() and max() on its columns, and at ranges of partitions",
        happens="The same queries give rows in another order, and comparisons other rows; indexes "
        "are built anew.",
        why="The order of labels is the order of values (manual, 8.7.2).",
        lasts="The tables that use it are rewritten (SD121).",
    ),
    HazardClass(
        code="SD159", cls="statement-rule", group="behaviour", severity="warning",
        title="a rule makes statements of programs do something else",
        advice="try each INSERT, UPDATE and DELETE of the programs; a trigger is easier to foresee",
        happens="Statements on the table or view are rewritten: INSTEAD does not do what they say, "
        "ALSO does more, with expressions evaluated twice; the count of rows may be another.",
        why="Rules are applied to the text of a query before it is planned (manual, 41).",
        lasts="From the commit on.",
    ),
    HazardClass(
        code="SD161", cls="volatile-default", group="behaviour", severity="warning",
        title="each existing row gets a value of its own",
        advice="add the column without it, set the default, fill old rows in batches",
        happens="The default is evaluated for every row that exists, and the table is rewritten.",
        why="A volatile function (random(), clock_timestamp(), nextval()) may give another "
        "value each time; now() is evaluated once.",
        lasts="The table is rewritten (SD121).",
    ),
    HazardClass(
        code="SD162", cls="collation-change", group="behaviour", severity="warning",
        title="texts are compared and sorted otherwise",
        advice="look at ORDER BY, ranges, and unique keys that differ in case or accents",
        happens="ORDER BY, < and LIKE on the column may give other rows; indexes on it are built "
        "anew.",
        why="The collation decides which text comes first, and some say that two are equal.",
        lasts="As long as the indexes on the column take to be built, under ACCESS EXCLUSIVE.",
    ),
    HazardClass(
        code="SD163", cls="search-path", group="behaviour", severity="warning",
        title="names in a body may mean other objects",
        advice="qualify the names in the body, and set search_path to what it needs",
        happens="Tables and functions without a schema are found in another one, or not at all.",
        why="Bodies are looked up when they run, along the search_path set on the function.",
        lasts=_AFTER,
    ),
    HazardClass(
        code="SD164", cls="default-change", group="behaviour", severity="info",
        title="new rows get another value where none is given",
        advice="look for programs that leave the column to its default",
        happens="INSERT without the column stores another value, or NULL; rows that are there keep "
        "theirs.",
        why="A default is read when a row is inserted, and only where the column is not named.",
        lasts="From the commit on.",
    ),
    HazardClass(
        code="SD165", cls="rule-gone", group="behaviour", severity="warning",
        title="what the database refused so far is let in",
        advice="keep it until no program relies on it; putting it back has to read every row",
        happens="Rows that break the rule can be stored, and the rule cannot come back before they "
        "are mended.",
        why="A constraint, a unique index or a trigger is gone, does not count any more, or is a"
        " key of more columns or of fewer rows.",
        lasts="From the commit on.",
    ),
    HazardClass(
        code="SD166", cls="key-action", group="behaviour", severity="warning",
        title="a foreign key deletes or changes rows by itself",
        advice="count what refers to the rows that are deleted usually, and index the column",
        happens="DELETE or UPDATE of one row reaches those that refer to it, and what refers to "
        "them, without an error where there was one.",
        why="CASCADE, SET NULL and SET DEFAULT act in the statement that changes the key.",
        lasts="From the commit on.",
    ),
    HazardClass(
        code="SD167", cls="numbers", group="behaviour", severity="warning",
        title="numbers may come again, or come to an end sooner",
        advice="keep a unique key on the column, and watch how far the sequence is",
        happens="A number that is in use is given again, which is a duplicate or an error; or "
        "nextval() fails after the last one.",
        why="A sequence with CYCLE starts over, and one that clients may pass by does not know "
        "which numbers they took.",
        lasts="From the commit on, but felt only when the numbers are reached.",
    ),
    HazardClass(
        code="SD168", cls="rows-leave", group="behaviour", severity="warning",
        title="a table no longer shows the rows of another one",
        advice="see that no query of the whole counts on them",
        happens="Queries of the table that was above give fewer rows, without an error.",
        why="A partition that is detached, or a table that inherits no more, is one of its own.",
        lasts="From the commit on.",
    ),
    HazardClass(
        code="SD169", cls="cast-context", group="behaviour", severity="warning",
        title="values are converted without being asked",
        advice="leave the cast explicit; an assignment cast is for INSERT and UPDATE alone",
        happens="Expressions that were errors work, and others find another function or operator, "
        "or fail because two fit equally well.",
        why="Implicit casts take part in finding functions and operators in every query of the "
        "database (manual, 10).",
        lasts="From the commit on.",
    ),
    HazardClass(
        code="SD138", cls="passing-values", group="behaviour", severity="warning",
        title="triggers see values that rows have for a moment only",
        advice="see what the triggers do with them; make the key DEFERRABLE, or change the rows "
        "to values that are free in a change before",
        happens="Rows that trade unique values give theirs up first: each has NULL, or a value "
        "that no row has, until the next statement of the same transaction.",
        why="A key that is not deferrable is looked at row by row (manual, SET CONSTRAINTS). "
        "Triggers fire for each of the two updates.",
        lasts="One transaction; nobody else sees it.",
    ),
    HazardClass(
        code="SD170", cls="new-owner", group="security", severity="info",
        title="something gets another owner",
        advice="see that no program of the old owner alters or drops it, and who is a member "
        "of the new one",
        happens="The new owner and its members may alter, drop and grant it; the old one may not. "
        "Row level security without FORCE does not hold for the owner of a table.",
        why="What an owner may do is not granted, and cannot be revoked (manual, 5.7).",
        lasts="From the commit on.",
    ),
    HazardClass(
        code="SD171", cls="rls-off", group="security", severity="warning",
        title="row level security is switched off",
        advice="make sure that nobody with a grant relied on the policies",
        happens="Whoever may read the table sees all rows; policies stay and do nothing. Without "
        "FORCE the owner is exempt.",
        why="Policies count only while row level security is on.",
        lasts="From the commit on.",
    ),
    HazardClass(
        code="SD172", cls="policy-drop", group="security", severity="warning",
        title="a policy is dropped",
        advice="make the new policy in the same plan; both change in one transaction",
        happens="Without a restrictive policy more rows are seen; without a permissive one fewer, "
        "and with none at all no row.",
        why="Permissive policies are joined by OR, restrictive ones by AND.",
        lasts="From the commit on.",
    ),
    HazardClass(
        code="SD173", cls="grant-public", group="security", severity="warning",
        title="everybody gets a privilege",
        advice="grant to a role, and put into it who needs the privilege",
        happens="Every role of the server that can connect has it, also those made later.",
        why="PUBLIC is all roles; it cannot be taken from one of them alone.",
        lasts="From the commit on.",
    ),
    HazardClass(
        code="SD174", cls="definer-search-path", group="security", severity="warning",
        title="a SECURITY DEFINER routine runs with its caller's search_path",
        advice="add set: {search_path: pg_catalog, pg_temp} and qualify the names in the body",
        happens="Who calls it can put objects of their own in front and have them run with the "
        "owner's rights.",
        why="Names in the body are looked up along the caller's search_path (manual, CREATE "
        "FUNCTION, Writing SECURITY DEFINER Functions Safely).",
        lasts="From the commit on.",
    ),
    HazardClass(
        code="SD175", cls="view-rights", group="security", severity="warning",
        title="a view protects less than before",
        advice="keep security_invoker, security_barrier and the check option, or see who may use "
        "the view",
        happens="Without security_invoker the tables are read with the rights of the view's owner, "
        "past the reader's policies; without security_barrier a function in a condition may see "
        "rows that the view hides; without a check option rows are written that it hides.",
        why="They are options of the view that are lost when it is written without them.",
        lasts="From the commit on.",
        versions="security_invoker since PostgreSQL 15, the others on all.",
    ),
    HazardClass(
        code="SD176", cls="policy-wider", group="security", severity="warning",
        title="a policy lets other rows pass, or other roles",
        advice="try it with the roles in question, in a transaction that is rolled back",
        happens="Rows may be seen or written that were not before.",
        why="What a condition lets pass only the rows can tell, so every other one is named.",
        lasts="From the commit on.",
    ),
    HazardClass(
        code="SD177", cls="definer", group="security", severity="warning",
        title="a routine begins to run with its owner's rights",
        advice="see who may call it: EXECUTE is everybody's unless it was revoked",
        happens="Who calls it can do with it what its owner can.",
        why="SECURITY DEFINER takes the owner's rights instead of the caller's.",
        lasts="From the commit on.",
    ),
    HazardClass(
        code="SD178", cls="leakproof", group="security", severity="warning",
        title="a function may be shown rows that are hidden from its caller",
        advice="mark as LEAKPROOF only what tells nothing of its arguments, not by an error either",
        happens="It is evaluated before the conditions of policies and security barriers; what it "
        "says of its arguments, also in an error, is seen by the caller.",
        why="LEAKPROOF is a promise that the server does not examine (manual, 41.5).",
        lasts="From the commit on.",
    ),
    HazardClass(
        code="SD179", cls="owner-rights", group="security", severity="warning",
        title="callers or readers act with the rights of another owner",
        advice="see what the new owner may do that the old one may not, and who calls or reads it",
        happens="A SECURITY DEFINER routine, a view without security_invoker or a refresh does "
        "what the new owner can, and fails at what only the old one could.",
        why="Their rights are looked up when they run, for the owner of that moment.",
        lasts="From the commit on.",
    ),
)  # fmt: skip
