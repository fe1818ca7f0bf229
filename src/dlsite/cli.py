"""Arguments in, exit code out."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import NoReturn

from dlsite import __version__
from dlsite.commands import build, check, knowledge, move, site
from dlsite.commands.settings import (
    EXIT_BUG,
    EXIT_USAGE,
    UsageError,
)
from dlsite.diagnostics import printable
from dlsite.files.bugfile import evidence
from dlsite.incremental.early import tell_nobody
from dlsite.incremental.typed import COLORS
from dlsite.listing import LISTS
from dlsite.processes.ending import (
    EXIT_INTERRUPTED,
    EXIT_TERMINATED,
    INTERRUPTED,
    Terminated,
    terminable,
)
from dlsite.processes.workers import WorkersError
from dlsite.report.formats import FORMATS
from dlsite.report.words import say
from dlsite.texts.spelling import guess

_MOST_JOBS = 256
BUG_REPORTS = "the project's issue tracker"


class _Parser(argparse.ArgumentParser):
    """An argument parser that answers a slip with what may have been meant."""

    def error(self, message: str) -> NoReturn:
        if match := re.search(r"invalid choice: '([^']*)' \(choose from (.*)\)", message):
            known = [name.strip(" '") for name in match[2].split(",")]
            meant = guess(match[1], known) or f"; one of: {', '.join(known)}"
            message = f"there is no '{match[1]}' here{meant}"
        raise UsageError(f"{message}\nsee: {self.prog} --help")

    def parse(self, given: Sequence[str]) -> argparse.Namespace:
        """Return the options of a command; raises `UsageError` for one that it does not have."""
        options, unknown = self.parse_known_args(given)
        if unknown:
            word = unknown[0].partition("=")[0]
            message = _unknown(word, options.command, self._flags_by_command())
            raise UsageError(f"{message}\nsee: {self.prog} {options.command} --help")
        return options

    def _flags_by_command(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for action in self._actions:
            if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001 - argparse has no public way to ask
                found |= {name: command.flags() for name, command in action.choices.items()}
        return found

    def flags(self) -> list[str]:
        """Return the flags of this parser, short and long."""
        return [flag for action in self._actions for flag in action.option_strings]


def _unknown(word: str, command: str, flags: Mapping[str, Sequence[str]]) -> str:
    owners = [f"'{name}'" for name, known in flags.items() if word in known]
    if owners:
        return f"'{command}' has no '{word}'; that is for {' and '.join(owners)}"
    # What is no flag is a word too many.
    hint = guess(word, flags[command]) if word.startswith("-") else ""
    return f"unknown argument '{word}'{hint}"


def parser() -> _Parser:
    """Return the command line's grammar."""
    top = _Parser(
        prog="dlsite",
        description="A static site generator for a deep-learning knowledge base.",
        allow_abbrev=False,
    )
    top.add_argument("--version", action="version", version=f"dlsite {__version__}")
    _shared(top, suppress=False)
    found = top.add_subparsers(
        dest="command", metavar="COMMAND", required=True, parser_class=_Parser
    )
    _build(_command(found, "build", build.build, "write the site to the output directory"))
    _serve(_command(found, "serve", site.serve, "show the site live while you write"))
    _check(_command(found, "check", check.check, "check links and content, publish nothing"))
    init = _command(found, "init", site.init, "start a new site")
    init.add_argument("site", nargs="?", default=".", metavar="DIR", help="default: this folder")
    new = _command(found, "new", site.new, "start a new page")
    new.add_argument("permalink", metavar="PERMALINK")
    new.add_argument("--title", help="the title; else from the links that want the page")
    new.add_argument("--tag", action="append", default=[], help="a tag; may be given often")
    listing = _command(found, "list", knowledge.list_, "list pages, tags and what is missing")
    listing.add_argument(
        "what",
        choices=sorted(LISTS),
        metavar="WHAT",
        help=", ".join(sorted(LISTS)),
    )
    listing.add_argument("--format", choices=("text", "json"), default="text")
    why = _command(found, "explain", knowledge.explain, "say why something is (not) at an address")
    why.add_argument("what", metavar="URL|FILE", help="a permalink, a full URL or a source file")
    why.add_argument("--format", choices=("text", "json"), default="text")
    page = _command(found, "report", knowledge.report, "write what the site lacks as one page")
    page.add_argument("-o", "--output", dest="file", metavar="FILE", help="default: print it")
    moving = _command(found, "mv", move.mv, "move a page or rename a tag, and mend all links")
    moving.add_argument("old", metavar="OLD", help="a permalink, a source file, or a tag")
    moving.add_argument("new", metavar="NEW", help="another of the same kind")
    moving.add_argument("--tag", dest="is_tag", action="store_true", help="OLD and NEW are tags")
    moving.add_argument(
        "--dry-run", dest="diff", action="store_true", help="show the changes, write nothing"
    )
    clean = _command(found, "clean", site.clean, "remove what dlsite wrote, nothing else")
    clean.add_argument("-o", "--output", metavar="DIR", help="the output directory")
    return top


def _command(
    found: argparse._SubParsersAction[_Parser],
    name: str,
    run: Callable[[argparse.Namespace], int],
    help_: str,
) -> argparse.ArgumentParser:
    command = found.add_parser(name, help=help_, description=help_, allow_abbrev=False)
    command.set_defaults(run=run)
    _shared(command, suppress=True)
    return command


def _shared(to: argparse.ArgumentParser, *, suppress: bool) -> None:
    """Add the flags that mean the same before and after the command."""

    def unless_given(value: object) -> object:
        # What stands before the command must not be reset by the command's own default.
        return argparse.SUPPRESS if suppress else value

    group = to.add_argument_group("everywhere")
    group.add_argument(
        "-C",
        "--directory",
        default=unless_given("."),
        metavar="DIR",
        help="the site; default: this folder",
    )
    group.add_argument(
        "-c",
        "--config",
        default=unless_given(None),
        metavar="FILE",
        help="the configuration; default: dlsite.yml",
    )
    group.add_argument(
        "-q",
        "--quiet",
        action="store_true",
        default=unless_given(False),  # noqa: FBT003 - a default, not a switch
        help="print results and errors only",
    )
    group.add_argument(
        "-v",
        "--verbose",
        action="store_true",
        default=unless_given(False),  # noqa: FBT003 - a default, not a switch
        help="print remarks as well",
    )
    group.add_argument(
        "--color",
        choices=COLORS,
        default=unless_given("auto"),
        help="default: auto, on a terminal without NO_COLOR",
    )


def _content_flags(to: argparse.ArgumentParser) -> None:
    to.add_argument("--base-url", metavar="URL", help="where the site will stand")
    to.add_argument("-D", "--drafts", action="store_true", help="with drafts")
    to.add_argument("-F", "--future", action="store_true", help="with pages dated in the future")
    to.add_argument("-j", "--jobs", type=_jobs, metavar="N", help="processes; default: one a core")
    to.add_argument("--no-cache", action="store_true", help="remember nothing, use nothing")
    to.add_argument("--verify", action="store_true", help="read every file, trust no file time")


def _jobs(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= _MOST_JOBS:
        raise argparse.ArgumentTypeError(f"a number from 1 to {_MOST_JOBS}, not '{text}'")
    return int(text)


def _build(to: argparse.ArgumentParser) -> None:
    _content_flags(to)
    to.add_argument("-o", "--output", metavar="DIR", help="the output directory; default: public")
    to.add_argument("--strict", action="store_true", help="publish only without error or warning")
    to.add_argument("--diff", action="store_true", help="list addresses added, changed, removed")
    to.add_argument("--profile", action="store_true", help="time the stages and slowest pages")
    to.add_argument("--executor", metavar="URL", help="a cluster's workers: dask://HOST:PORT")
    to.add_argument("--force", action="store_true", help="adopt a folder with files of others")
    to.add_argument("--format", choices=sorted(FORMATS), default="text", help="of the findings")


def _serve(to: argparse.ArgumentParser) -> None:
    to.add_argument("--host", default="127.0.0.1", help="default: 127.0.0.1, this machine alone")
    to.add_argument("--port", type=_port, help="default: 8000, or the next free one")
    to.add_argument("--open", action="store_true", help="open a browser")
    to.add_argument(
        "--editor",
        metavar="NAME",
        help="where findings in the page open: an editor's name, an address with {path}, {line} "
        "and {column}, or none; default: DLSITE_EDITOR of the environment, else vscode",
    )


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 <= int(text) <= 65535:  # noqa: PLR2004 - the ports of TCP
        raise argparse.ArgumentTypeError(f"a port is a number up to 65535, not '{text}'")
    return int(text)


def _count(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"must be a number, not '{text}'")
    return int(text)


def _check(to: argparse.ArgumentParser) -> None:
    _content_flags(to)
    to.add_argument("paths", nargs="*", metavar="PATH", help="only findings in these files")
    to.add_argument("--strict", action="store_true", help="warnings fail as well")
    to.add_argument(
        "--format",
        choices=sorted(FORMATS),
        default=None,
        help="default: text, or github under GitHub Actions",
    )
    to.add_argument("--fix", action="store_true", help="mend what is certain in the sources")
    to.add_argument("--diff", action="store_true", help="with --fix: show it, write nothing")
    to.add_argument(
        "--external", action="store_true", help="also ask the servers of addresses outside"
    )
    to.add_argument(
        "--select",
        action="append",
        default=[],
        metavar="RULE",
        help="only this rule, or family of rules: link-",
    )
    to.add_argument(
        "--ignore", action="append", default=[], metavar="RULE", help="not this rule or family"
    )
    to.add_argument(
        "--max-warnings", type=_count, metavar="N", help="more than N warnings fail as well"
    )
    to.add_argument("--baseline", metavar="FILE", help="pass over the findings that it knows")
    to.add_argument(
        "--write-baseline", action="store_true", help="write the findings to the baseline"
    )
    to.add_argument(
        "--update-urls", action="store_true", help="write the addresses of the site to urls.txt"
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code.

    0 fine, 1 findings, 2 wrong usage or configuration, 3 a bug in dlsite, 130 interrupted,
    143 terminated.
    """
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            # Closed by whoever started us (`>&-`): nobody listens, and that is no mistake.
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - for good
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show a letter of a title is no reason to stop.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        given = sys.argv[1:] if arguments is None else arguments
        options = parser().parse(given)
        options.arguments = tuple(given)
        run: Callable[[argparse.Namespace], int] = options.run
        with terminable():
            return run(options)
    except BrokenPipeError:
        tell_nobody()
        return EXIT_INTERRUPTED
    except (Exception, KeyboardInterrupt, Terminated) as error:  # noqa: BLE001 - the one place that catches all
        return ended(error)


def ended(error: BaseException) -> int:
    """Say in a line why a command has ended, and return its exit code."""
    match error:
        case UsageError():
            lines = [printable(line) for line in str(error).split("\n")]
            reason, code = "\n".join(lines), EXIT_USAGE
        case KeyboardInterrupt():
            reason, code = INTERRUPTED, EXIT_INTERRUPTED
        case Terminated():
            reason, code = "terminated; nothing more was written", EXIT_TERMINATED
        case WorkersError():
            reason, code = printable(str(error)), EXIT_USAGE
        case MemoryError():
            reason, code = "there is not enough memory", EXIT_USAGE
        case RuntimeError() if "start new thread" in str(error):
            reason, code = "the system lets no more threads begin", EXIT_USAGE
        case ImportError(path=str(path)) if path.endswith(".so"):
            reason, code = printable(f"a library cannot be loaded: {error}"), EXIT_USAGE
        case OSError():
            # What the system refuses (a full disk, a missing right) is no bug of ours.
            where = f"'{error.filename}': " if error.filename else ""
            reason = printable(where + (error.strerror or str(error)).lower())
            code = EXIT_USAGE
        case _:
            return _own_up(error)
    with suppress(OSError):
        # Where the standard error is on a full disk, the code says it.
        say(f"dlsite: {reason}", to_error=True)
    return code


def _own_up(error: BaseException) -> int:
    """Say in one line that this is our fault, and keep the traceback in a file."""
    kept = evidence(error, partial(say, to_error=True))
    say(
        f"dlsite: a bug in dlsite ({type(error).__name__}); please report it at {BUG_REPORTS} "
        f"with {kept}",
        to_error=True,
    )
    return EXIT_BUG
