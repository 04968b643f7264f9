"""The command line: which commands there are, and how a run ends.

The surprising fact: a command's module is imported only when the command is run. The list of
commands in `--help` is a table here, so that help costs the start of Python and little more.
"""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from typer.core import TyperGroup

from schemadiff.cli import say

if TYPE_CHECKING:
    from collections.abc import Callable

DONE = 0
FAILED = 1
PENDING = 2
REFUSED = 3
INTERRUPTED = 130
DEBUG = "SCHEMADIFF_DEBUG"

# In the order in which a person meets them.
COMMANDS = {
    "init": "write a config and a first schema file",
    "pull": "write the live database as YAML",
    "validate": "check the files, without a database",
    "plan": "show what would change, and the SQL",
    "apply": "show the plan, ask, run it, and look again",
    "drift": "tell whether the database is as the files say, for monitors",
    "verify": "ask pg_dump, and migra, whether the database is as the files say",
    "explain": "say what a hazard means, and how to avoid it",
    "diff": "compare any two of folder, SQL, database, git revision",
    "schema": "print the JSON Schema of the files, for editors",
    "version": "print the version",
}


class Commands(TyperGroup):
    """The group of all commands; each is made when it is asked for."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Let the names be known, so that a typing error gets a suggestion."""
        super().__init__(*args, **kwargs)
        names: dict[str, Any] = dict.fromkeys(COMMANDS)
        self.commands.update(names)

    def list_commands(self, ctx: Any) -> list[str]:
        """Name the commands."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Import and make one command."""
        del ctx
        return make_command(cmd_name) if cmd_name in COMMANDS else None

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """List the commands without importing any."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


def make_command(name: str) -> Any:
    """Make typer's command of a module in this package; its function is called `command`."""
    module = import_module(f"schemadiff.cli.{name}")
    single = typer.Typer(
        rich_markup_mode=None, add_completion=False, pretty_exceptions_enable=False
    )
    function: Callable[..., int] = module.command
    single.command(name=name)(function)
    return typer.main.get_command(single)


app = typer.Typer(
    cls=Commands,
    rich_markup_mode=None,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback(invoke_without_command=True)
def _group(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", is_eager=True)
    ] = False,
) -> None:
    """Declarative schema diffs for PostgreSQL: YAML in, a guarded and idempotent plan out."""
    if version:
        make_command("version").main(args=[], standalone_mode=False)
        raise typer.Exit(DONE)
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


def main() -> NoReturn:
    """Run the command line of this process and end it with the exit code."""
    # A catalog is a hundred thousand objects that live until the end: the collector would go
    # through all of them again and again, and find nothing. It costs a plan a third of its time.
    gc.disable()
    _open_streams()
    _listen()
    code = run(sys.argv[1:])
    if sys.gettrace() is not None or sys.getprofile() is not None:
        sys.exit(code)  # somebody measures, and has something to do at the end
    # Everything is written and closed; taking the catalogs apart would take another tenth.
    with contextlib.suppress(OSError, ValueError):
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code)


def _listen() -> None:
    """Take the end that others ask for (a cancelled job, a terminal that is gone) as Ctrl-C.

    What was begun is rolled back and told, and scratch databases are removed.
    """
    for number in (signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)):
        if signal.getsignal(number) is signal.SIG_DFL:  # nohup has it ignored, and means it
            signal.signal(number, signal.default_int_handler)


def _open_streams() -> None:
    """Give those that the caller has closed (`>&-`) a place to write to; the others are UTF-8.

    Whatever the locale is: a script says of itself that it is, and JSON has to be. A terminal knows
    what it can show.
    """
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            null = os.open(os.devnull, os.O_WRONLY)
            setattr(sys, name, os.fdopen(null, "w", encoding="utf-8"))
        elif stream.isatty():
            stream.reconfigure(errors="backslashreplace")
        else:
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def run(arguments: Sequence[str]) -> int:
    """Run one command; give its exit code. Nothing but SystemExit of Python itself gets out."""
    try:
        code = _run(arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader (`head`, say) has enough; Python would complain when it flushes at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except OSError as error:  # a full disk, most of the time
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        say.problem("SD205", f"standard output cannot be written: {error.strerror}")
        return FAILED
    return code


def _run(arguments: Sequence[str]) -> int:
    from schemadiff.core.errors import SchemaDiffError

    try:
        ended = typer.main.get_command(app).main(
            args=list(arguments), prog_name="schemadiff", standalone_mode=False
        )
    except SchemaDiffError as error:
        say.failure(error)
        return FAILED
    except (KeyboardInterrupt, typer.Abort):
        say.line("interrupted")
        return INTERRUPTED
    except BrokenPipeError:
        raise
    except Exception as error:  # the last resort: nobody is shown a traceback
        if _is_usage(error):
            return _usage(error)
        if os.environ.get(DEBUG):
            raise
        if isinstance(error, OSError) and error.strerror:
            say.problem("SD205", f"{error.filename or 'the output'}: {error.strerror}")
        elif isinstance(error, UnicodeEncodeError) and error.encoding != "utf-8":
            message = (
                f"{error.object!r} cannot be written in {error.encoding}, as this locale has it"
            )
            say.problem("SD205", message, hint="set LC_ALL=C.UTF-8 (or PYTHONUTF8=1)")
        else:
            say.internal(error)
        return FAILED
    if ended == INTERRUPTED:  # typer's word for Ctrl-C
        say.line("interrupted")
    return ended if isinstance(ended, int) else DONE


def _is_usage(error: Exception) -> bool:
    """Tell whether a flag or argument is wrong; typer has click inside, or beside it if older."""
    return any(c.__name__ == "ClickException" for c in type(error).__mro__)


def _usage(error: Any) -> int:
    """Say what is wrong with the arguments; 1, since 2 means that changes are pending."""
    context = getattr(error, "ctx", None)
    hint = f"{context.command_path} --help" if context else "schemadiff --help"
    say.problem("SD200", error.format_message(), hint=hint)
    return FAILED
