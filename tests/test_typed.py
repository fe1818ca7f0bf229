"""What is typed, in whatever spelling: what `typed` understands is what the grammar means."""

from __future__ import annotations

import argparse

import pytest
from hypothesis import given
from hypothesis import strategies as some

from dlsite.cli import parser
from dlsite.commands.settings import UsageError
from dlsite.incremental.typed import EACH, FLAGS, LAST, ONCE, SHORT, SWITCH, Typed, typed
from running import Run, Write, tree
from smallsites import GOOD

SAME = {
    "quiet": ["build -q", "-q build", "--quiet build", "build --quiet", "-q build -q"],
    "output": ["build -o x", "build --output x", "build --output=x", "build -ox", "build -o=x",
               "build --output y -o x"],
    "site": ["-C x build -D", "-Cx build --drafts", "build -D --directory=x", "build -DC x",
             "build -DCx", "-C y build -D -C x"],
    "order": ["build -j2 -F -c a.yml", "-c a.yml build --future --jobs 2", "build -Fj2 -c=a.yml"],
    "paths": ["check a -q --strict", "check --strict -q a", "-q check --strict -- a"],
    "rules": ["check --select a --ignore b --select c", "check --ignore=b --select=a --select c"],
}  # fmt: skip
OTHER = [
    "build", "check", "build -D", "build -F", "build -v", "build -o x", "build -o y", "build -c x",
    "build -j 2", "build --strict", "build --format json", "check --format json", "check a",
    "check a b", "check b a", "check --select a", "check --ignore a", "check --baseline a",
    "check --max-warnings 0", "build --base-url /x", "build --verify", "build --no-cache",
]  # fmt: skip
NOT_UNDERSTOOD = [
    "", "serve", "list tags", "build x", "build --nosuch", "build -x", "build -o", "build -o -x",
    "build --out x", "build --quiet=1", "build --color mauve", "build --color never --color auto",
    "build -q=v", "build -qo=x", "-D build", "build -h", "--version build", "-- check",
    "check a -q b", "check a -q --",
]  # fmt: skip


def of(line: str) -> Typed:
    found = typed(line.split())
    assert found is not None
    return found


def meaning(arguments: list[str]) -> dict[str, object] | None:
    """Return what the grammar makes of arguments; `None` where it refuses them."""
    try:
        return vars(parser().parse(arguments))
    except (UsageError, SystemExit):
        return None


def written(asked: Typed) -> list[str]:
    """Return one of the lines that ask for this."""
    beside = [f"--directory={asked.root}", f"--color={asked.color}"]
    return [*beside, *(["--quiet"] if asked.is_quiet else []), *asked.words]


@pytest.mark.parametrize("lines", SAME.values(), ids=SAME.keys())
def test_spellings_of_one_thing_are_one(lines: list[str]) -> None:
    assert len({tuple(written(of(line))) for line in lines}) == 1


def test_what_means_something_else_is_another_run() -> None:
    assert len({tuple(of(line).words) for line in OTHER}) == len(OTHER)


@pytest.mark.parametrize("line", NOT_UNDERSTOOD)
def test_what_is_not_understood_is_left_to_the_grammar(line: str) -> None:
    assert typed(line.split()) is None


TOKENS = [
    *("build", "check", "serve", "a", "", "-", "--", "-x", "-1", "a b", "-o b", "x=y", "2"),
    *(
        "--quiet",
        "--quiet=1",
        "-q=v",
        "-qv",
        "-qo=x",
        "-qox",
        "-qo",
        "-Dj2",
        "-j=2",
        "-o=x",
        "-o==",
    ),
    *(
        "--output=",
        "--color=never",
        "--color",
        "auto",
        "--format",
        "json",
        "--select",
        "--ignore=a",
    ),
    *(f"-{letter}" for letter in SHORT),
    *FLAGS["build"],
    *FLAGS["check"],
]


@given(
    some.lists(some.sampled_from(TOKENS), max_size=3),
    some.sampled_from(["build", "check"]),
    some.lists(some.sampled_from(TOKENS), max_size=5),
)
def test_what_is_understood_means_the_same_in_one_spelling(
    before: list[str], command: str, after: list[str]
) -> None:
    arguments = [*before, command, *after]
    asked = typed(arguments)
    if asked is not None:
        told, meant = meaning(written(asked)), meaning(arguments)
        if meant is not None and not meant["directory"]:
            meant["directory"] = "."
        assert told == meant, written(asked)


def actions(grammar: argparse.ArgumentParser) -> list[argparse.Action]:
    return grammar._actions  # noqa: SLF001 - argparse has no public way to ask


def takes(action: argparse.Action) -> int:
    """Return what a flag of the grammar takes, in the words of `typed`."""
    if action.nargs == 0:
        return SWITCH
    if isinstance(action.default, list):
        return EACH
    return LAST if action.type is None and action.choices is None else ONCE


@pytest.mark.parametrize("command", FLAGS)
def test_flags_are_those_of_the_grammar(command: str) -> None:
    commands = next(each for each in actions(parser()) if each.dest == "command").choices
    assert isinstance(commands, dict)
    flags = [each for each in actions(commands[command]) if "--help" not in each.option_strings]
    by_names = [(each.option_strings, takes(each)) for each in flags if each.option_strings]
    assert {names[-1]: kind for names, kind in by_names} == FLAGS[command]
    short = {names[0][1]: names[-1] for names, _ in by_names if len(names) > 1}
    assert short.items() <= SHORT.items()


@pytest.mark.parametrize("command", FLAGS)
def test_runs_in_turns_that_mean_the_same_are_remembered_as_one(
    run: Run, site: Write, command: str
) -> None:
    root = site(GOOD)
    page = root / "content/a.md"
    run(root, command)
    spellings = [["-q", command], [command, "--quiet"], [command, "--color=never"], [command]]
    for number, spelling in enumerate(spellings * 2):
        with page.open("a") as text:
            text.write(f"\nWord {number}.\n")
        assert run(root, *spelling).was_early, spelling
    assert "Word 7." in page.read_text()
    if command == "build":
        run(root, "build", "--no-cache", "-o", "clean")
        assert tree(root / "public") == tree(root / "clean")


@pytest.mark.parametrize("command", FLAGS)
@pytest.mark.parametrize("flags", [[], ["-v"], ["--format", "json"]], ids=str)
def test_quiet_run_and_its_contrary_say_what_they_would_alone(
    run: Run, site: Write, command: str, flags: list[str]
) -> None:
    root = site(GOOD | {"content/a.md": "---\ntitle: A\n---\n![](/x.png) [b](/b)\n"})
    ways = [["-q"], [], ["-q", "--color", "always"], ["--color", "always"]]
    alone = [run(root, command, *flags, *way, "--verify") for way in ways]
    first, *again = [run(root, command, *flags, *way) for way in [ways[0], *ways]]
    assert not first.was_early
    assert all(ran.was_early for ran in again)
    assert [(ran.code, ran.said) for ran in again] == [(ran.code, ran.said) for ran in alone]
