"""`dlsite mv`: moves a page or renames a tag, with all that leads there."""

from __future__ import annotations

from pathlib import Path

from dlsite.build import analyse
from dlsite.commands.settings import EXIT_FINE, UsageError, config_of, root_of
from dlsite.commands.terminal import Options, texts_of
from dlsite.files.edits import EditError, by_path, difference
from dlsite.files.rewrite import Rewrite, carry_out, prepare
from dlsite.moves.refusal import MoveError
from dlsite.moves.run import Move, Mover
from dlsite.moves.whatif import WhatIf
from dlsite.records import MARKDOWN_SUFFIXES
from dlsite.report.words import amount, say


def mv(options: Options) -> int:
    """Move a page or rename a tag, with everything that leads to it."""
    root = root_of(options)
    config = config_of(options, root)
    analysis = analyse(root, config)
    mover = Mover(analysis, texts_of(root, analysis), WhatIf(analysis))
    try:
        move = _move(options, root, mover)
        rewrite = prepare(root, by_path(move.edits), move.renames)
    except (MoveError, EditError) as error:
        raise UsageError(str(error)) from error
    write_or_show(options, root, rewrite)
    if not options.quiet and not options.diff:
        files = len([path for path, content in rewrite.after.items() if content is not None])
        changes = amount(len(move.edits), "place")
        new = move.renames.get(options.old, options.new)
        say(f"'{options.old}' is '{new}' now: {changes} in {amount(files, 'file')} changed")
    return EXIT_FINE


def _move(options: Options, root: Path, mover: Mover) -> Move:
    if options.is_tag:
        return mover.tag(options.old, options.new)
    is_name = options.old.lower().endswith(MARKDOWN_SUFFIXES) or (root / options.old).is_file()
    if is_name and not options.old.startswith("/"):
        return mover.page_to_file(options.old, options.new)
    return mover.page_to_permalink(options.old, options.new)


def write_or_show(options: Options, root: Path, rewrite: Rewrite) -> None:
    """Change the files, or show what would change as a diff."""
    if options.diff:
        before, after = (
            {path: content.decode() for path, content in side.items() if content is not None}
            for side in (rewrite.before, rewrite.after)
        )
        if shown := difference(before, after, rewrite.renames):
            say(shown.rstrip("\n"))
    else:
        carry_out(root, rewrite)
