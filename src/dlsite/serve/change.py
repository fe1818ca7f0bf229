"""What open pages are told of a change, so that each follows it with as little as it takes."""

from __future__ import annotations

import json
from dataclasses import dataclass

from dlsite.serve.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Change:
    """How open pages follow a change.

    `styles` are URL paths of stylesheets to load again; `needs_reload` says that a page
    may use another file that has changed, so that its text alone does not tell.
    `files` is the state of all files after the change: a page that knows another one,
    and is told of no styles, has missed something.
    """

    styles: tuple[str, ...] = ()
    needs_reload: bool = False
    files: str = ""

    def as_json(self) -> str:
        """Return the message for the script in the pages."""
        return json.dumps({"styles": self.styles, "reload": self.needs_reload, "files": self.files})


def change_between(old: Snapshot, new: Snapshot) -> Change:
    """Return how pages of one state of a site follow to the next."""
    before = {file.url_path: file.digest for file in old.at.statics.values()}
    after = {file.url_path: (url, file.digest) for url, file in new.at.statics.items()}
    if before.keys() != after.keys():
        return Change(needs_reload=True, files=new.at.files)
    changed = sorted(url for path, (url, digest) in after.items() if digest != before[path])
    styles = tuple(url for url in changed if url.endswith(".css"))
    return Change(styles, needs_reload=len(styles) < len(changed), files=new.at.files)
