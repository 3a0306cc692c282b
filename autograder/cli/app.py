"""The command line: thin callers of the package's functions."""

from __future__ import annotations

import logging
import platform
import sys
from typing import Annotated

import typer

from autograder import __version__
from autograder.cli import classes, grading, making, notebooks, proving
from autograder.cli.shared import ERR, OUT
from autograder.core import logs
from autograder.core.errors import AutograderError, ExitCode

_log = logging.getLogger(__name__)
app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,  # plain lines: at 80 columns its tables break every word
    pretty_exceptions_enable=False,
    help="""Deep-learning assignments that grade themselves.

An instructor's day: `autograder release mlp_from_scratch -o out` makes the zip for students;
`autograder grade mlp_from_scratch downloads/ -o reports` grades what they hand in.

An author's day: edit `solutions/`, run `autograder sync` and `autograder validate`.

Exit codes: 0 done, 1 some submission could not be graded, 2 usage, 3 configuration,
130 interrupted. A low score is no error.""",
)
kernel_commands = typer.Typer(
    help="A Jupyter kernel that runs notebooks confined.", no_args_is_help=True
)

app.command("list")(making.list_command)
app.command()(making.sync)
app.command(short_help="Make the students' zip.")(making.release)
app.command(short_help="Set up an nbgrader course directory.")(notebooks.notebook)
app.add_typer(kernel_commands, name="kernel")
kernel_commands.command("install")(notebooks.kernel_install)
app.command(short_help="Grade submissions, one or a whole class.")(grading.grade)
app.command(short_help="Bring a class back to what it was before.")(classes.undo)
app.command(short_help="Write grades as a platform imports them.")(classes.export)
app.command(short_help="Prove what the suites catch.")(proving.validate)
app.command(short_help="Make the sheet and pages for written answers.")(classes.rubric)
app.command(short_help="Print which submissions failed alike.")(classes.mistakes)
app.command(short_help="Show which submissions look alike.")(classes.similar)
app.command(short_help="List the small changes that no test notices.")(proving.mutate)
app.command(short_help="Judge typed answers from standard input.")(proving.judge)
app.command("data", short_help="Make or download a data set.")(making.data_set)
app.command(short_help="Tell what is kept between runs, or clear it.")(making.cache)
app.command(short_help="Make a small class and grade it.")(grading.demo)


def _print_version(wanted: bool) -> None:
    if wanted:
        OUT.print(f"autograder {__version__}", markup=False)
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version and end."
        ),
    ] = False,
    verbose: Annotated[
        int,
        typer.Option(
            "--verbose",
            "-v",
            count=True,
            metavar="",
            show_default=False,
            help="Tell on standard error what is done and how long it takes; -vv tells more, "
            "hidden tests included. AUTOGRADER_LOG=info or debug does the same.",
        ),
    ] = 0,
) -> None:
    del version  # its callback has done what it is for
    if verbose:
        logs.show("info" if verbose == 1 else "debug")
    _log.info("autograder %s, Python %s", __version__, platform.python_version())


@kernel_commands.callback()
def _kernel() -> None:
    """A Jupyter kernel that runs notebooks confined."""


def main() -> None:
    """Run the command line; every expected error is one clear line and an exit code."""
    try:
        code = app(standalone_mode=False)  # returns the code of typer.Exit
        sys.exit(code if isinstance(code, int) else ExitCode.DONE)
    except AutograderError as error:
        _log.debug("ended by %s", type(error).__name__, exc_info=True)
        ERR.print(f"autograder: {error}", markup=False, soft_wrap=True)
        sys.exit(error.exit_code)
    except typer.Exit as end:
        sys.exit(end.exit_code)
    except (KeyboardInterrupt, typer.Abort):
        ERR.print("autograder: interrupted; run the same command again to go on")
        sys.exit(ExitCode.INTERRUPTED)
    except OSError as error:
        if error.filename is None:
            raise
        _log.debug("ended by %s", type(error).__name__, exc_info=True)
        said = f"{error.filename}: {error.strerror}; give another place, or make room there"
        ERR.print(f"autograder: {said} (-vv tells where)", markup=False, soft_wrap=True)
        sys.exit(ExitCode.CONFIGURATION)
    except Exception as error:
        if hasattr(error, "show") and hasattr(error, "exit_code"):  # click's usage errors
            error.show()
            sys.exit(ExitCode.USAGE)
        raise
