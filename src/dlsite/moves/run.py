"""Work out what a move changes, and prove that every link still leads where it led.

The proof is the changed site itself, analysed in memory before a byte is written.
Nothing is written here: the outcome is a list of edits.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from dlsite.files.edits import Edit, EditError, by_path, edited, written_at
from dlsite.moves.fields import (
    FieldError,
    add_config_redirect,
    add_redirect,
    has_front_matter,
    new_front_matter,
    set_field,
)
from dlsite.moves.proof import destination, pairs, require_no_new_errors, require_same_destinations
from dlsite.moves.refusal import MoveError
from dlsite.moves.tags import renamed_tags
from dlsite.moves.targets import anew, file_anew, leads_to, names_file, path_of
from dlsite.records import (
    MARKDOWN_SUFFIXES,
    WIKI,
    Found,
    Missing,
    Page,
    PageRoute,
    Permalink,
    RedirectRoute,
    Reference,
    ReferenceKind,
)
from dlsite.terms.taxonomy import TAXONOMIES, identity, names_on, slug_of
from dlsite.texts.spelling import guess
from dlsite.understanding import Analysis
from dlsite.urls.permalinks import PermalinkError, collision_key, forms_of, parse_permalink
from dlsite.urls.targets import split_target

Understand = Callable[[Mapping[str, str], Mapping[str, str]], Analysis]
"""Analyses the site with some texts in the place of others, and some files renamed."""


@dataclass(frozen=True, slots=True)
class Move:
    """What a move changes: edits, under the new paths of files, and renames by old path."""

    edits: tuple[Edit, ...]
    renames: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Mover:
    """The site as it is, and the means to look at it as it would be.

    `texts` are the sources by path, the configuration among them.
    """

    analysis: Analysis
    texts: Mapping[str, str]
    understand: Understand

    # What is moved

    def page_to_permalink(self, old: str, new: str) -> Move:
        """Give the page at a permalink another one, and leave a redirect."""
        page = self._page_at(old)
        permalink = _permalink(new)
        self._require_free(permalink, page)
        return self._moved(page, permalink, {})

    def page_to_file(self, old: str, new: str) -> Move:
        """Give a source file another name; its permalink follows where the name makes it."""
        page = next((each for each in self.analysis.pages if each.path == old), None)
        if page is None:
            raise MoveError(f"there is no page '{old}'{self._meant(old)}")
        content = self.analysis.config.content
        folder = f"{new.rstrip('/')}/"
        if new == folder or any(path.startswith(folder) for path in self.texts):
            # As elsewhere, into a folder means under the same name.
            new = folder + old.rpartition("/")[2]
        if not new.startswith(f"{content}/") and content != ".":
            raise MoveError(f"'{new}' is not in '{content}/', where pages are")
        if new in self.texts:
            raise MoveError(f"'{new}' is there already")
        if not new.lower().endswith(MARKDOWN_SUFFIXES):
            raise MoveError(f"'{new}' is no name for a page; let it end in '.md'")
        place, _ = self.analysis.sources.folders[0]
        if place.leaves_out(new.removeprefix(f"{content}/")):
            raise MoveError(f"'{new}' is left out of the site, by its name or by 'exclude'")
        renames = {old: new}
        permalink = self._after((), renames).site.routes.permalink_by_path[new]
        return self._moved(page, permalink, renames)

    def tag(self, old: str, new: str) -> Move:
        """Give a tag or category another name everywhere, and its listing a redirect."""
        edits: list[Edit] = []
        addresses: dict[Permalink, Permalink] = {}
        for taxonomy in TAXONOMIES:
            names = {name for page in self.analysis.pages for name in names_on(page, taxonomy)}
            spellings = {name for name in names if identity(name) == identity(old)}
            for page in self.analysis.pages if spellings else ():
                edits += self._renamed(page, taxonomy, spellings, new)
            if edits and slug_of(old) != slug_of(new):
                listing = Permalink(f"/{taxonomy}/{slug_of(old)}/")
                addresses[listing] = Permalink(f"/{taxonomy}/{slug_of(new)}/")
        if not edits:
            raise MoveError(f"no page has the tag '{old}'")
        after = self._after(edits, {})
        routes = self.analysis.site.routes.route_by_permalink
        for there, to in addresses.items():
            is_gone = there not in after.site.routes.route_by_permalink
            if there in routes and is_gone:
                edits.append(self._redirected(there, to))
        return self._completed(edits, {}, addresses)

    def _redirected(self, old: Permalink, new: Permalink) -> Edit:
        config = self.analysis.config.path
        try:
            return add_config_redirect(self.texts.get(config, ""), config, old, new)
        except FieldError as error:
            raise MoveError(str(error)) from error

    def _renamed(
        self, page: Page, taxonomy: str, spellings: Collection[str], new: str
    ) -> tuple[Edit, ...]:
        try:
            return tuple(renamed_tags(page, self.texts[page.path], taxonomy, spellings, new))
        except FieldError as error:
            raise MoveError(str(error)) from error

    # How

    def _meant(self, path: str) -> str:
        """Return which file may have been meant by one that is not there."""
        paths = [page.path for page in self.analysis.pages]
        inside = f"{self.analysis.config.content}/{path}"
        return f"; did you mean '{inside}'?" if inside in paths else guess(path, paths)

    def _page_at(self, old: str) -> Page:
        permalink = _permalink(old)
        routes = self.analysis.site.routes
        for page in self.analysis.pages:
            if routes.permalink_by_path[page.path] == permalink:
                return page
        if any(page.path.startswith(f"{old.strip('/')}/") for page in self.analysis.pages):
            raise MoveError(f"'{old}' is a folder; move its pages one by one")
        raise MoveError(f"no page has the permalink '{permalink}'")

    def _require_free(self, permalink: Permalink, page: Page) -> None:
        routes = self.analysis.site.routes
        own = {collision_key(old.strip("/")) for old in page.front_matter.redirect_from}
        for there, route in routes.route_by_permalink.items():
            if collision_key(there) != collision_key(permalink):
                continue
            is_own = isinstance(route, RedirectRoute) and collision_key(there.strip("/")) in own
            is_same = isinstance(route, PageRoute) and route.path == page.path
            if there == permalink and is_same:
                raise MoveError(f"the page stands at '{permalink}' already")
            if not is_own and not is_same:
                raise MoveError(f"there is something at '{there}' already")

    def _moved(self, page: Page, permalink: Permalink, renames: dict[str, str]) -> Move:
        text = self.texts[page.path]
        old = self.analysis.site.routes.permalink_by_path[page.path]
        edits: list[Edit] = []
        try:
            if permalink != old:
                edits = _addressed(page, text, old, "" if renames else permalink)
        except FieldError as error:
            raise MoveError(str(error)) from error
        renamed = [_under(edit, renames) for edit in edits]
        return self._completed(renamed, renames, {old: permalink})

    def _completed(
        self, edits: list[Edit], renames: dict[str, str], moved: Mapping[Permalink, Permalink]
    ) -> Move:
        """Add what references need, and prove the outcome."""
        after = self._after(edits, renames)
        rewritten = [
            _under(edit, renames) for edit in self._rewritten_references(after, renames, moved)
        ]
        rewritten += self._rewritten_settings(moved)
        everything = tuple(dict.fromkeys([*edits, *rewritten]))
        proven = self._after(everything, renames)
        require_same_destinations(self.analysis, proven, renames, moved)
        require_no_new_errors(self.analysis, proven)
        return Move(everything, renames)

    def _after(self, edits: Iterable[Edit], renames: Mapping[str, str]) -> Analysis:
        old_by_new = {new: old for old, new in renames.items()}
        try:
            changed = {
                path: edited(self.texts.get(old_by_new.get(path, path), ""), of_path)
                for path, of_path in by_path(edits).items()
            }
        except EditError as error:
            raise MoveError(f"nothing was changed: {error}") from error
        return self.understand(changed, renames)

    def _rewritten_references(
        self, after: Analysis, renames: Mapping[str, str], moved: Mapping[Permalink, Permalink]
    ) -> Iterator[Edit]:
        pages_after = {page.path: page for page in after.pages}
        for page, reference, before, now in pairs(self.analysis, after, renames):
            target = destination(before, self.analysis.site.routes)
            if not isinstance(before, Found | Missing):
                continue
            is_old = (
                before.permalink in moved
                and not names_file(reference)
                and bool(path_of(reference.target))
            )
            is_lost = isinstance(before, Found) and (
                destination(now, after.site.routes) != renames.get(target, target)
            )
            if not is_old and not is_lost:
                continue
            if reference.kind in WIKI and not is_lost and not leads_to(reference, before.permalink):
                continue
            page_after = pages_after[renames.get(page.path, page.path)]
            path = renames.get(target, target)
            yield self._rewritten(page, page_after, reference, before, path, pages_after, moved)

    def _rewritten(  # noqa: PLR0913, PLR0917 - what was and what is to be, of page, place and target
        self,
        page: Page,
        page_after: Page,
        reference: Reference,
        before: Found | Missing,
        path: str,
        pages_after: Mapping[str, Page],
        moved: Mapping[Permalink, Permalink],
    ) -> Edit:
        place = reference.position
        written = written_at(self.texts[page.path], place)
        if names_file(reference) and path in pages_after:
            new = file_anew(written, reference, page_after, pages_after[path].content_path)
        else:
            permalink = moved.get(before.permalink, before.permalink)
            new = anew(written, reference, permalink, self.analysis.config.base_url)
        if new is None or not place.length:
            raise MoveError(
                f"nothing was changed: the {reference.kind.value} to '{reference.target}' at "
                f"{place} cannot be rewritten; change it by hand first"
            )
        return Edit(place, new, written)

    def _rewritten_settings(self, moved: Mapping[Permalink, Permalink]) -> Iterator[Edit]:
        """Yield edits of what leads to a moved page from the configuration and by redirects."""
        config = self.analysis.config
        places = [(entry.target, entry.position) for entry in config.nav]
        places += [(row.new, row.position) for row in config.redirects]
        places += [
            (page.front_matter.redirect_to, page.front_matter.positions["redirect_to"])
            for page in self.analysis.pages
            if page.front_matter.redirect_to and "redirect_to" in page.front_matter.positions
        ]
        for target, place in places:
            parts = split_target(target, base_url=config.base_url)
            if parts is None or parts.is_external or not parts.path:
                continue
            to = next((moved[form] for form in forms_of(parts.path) if form in moved), None)
            if to is None:
                continue
            reference = Reference(ReferenceKind.LINK, target, place)
            written = written_at(self.texts.get(place.path, ""), place)
            new = anew(written, reference, to, config.base_url)
            if new is not None:
                yield Edit(place, new, written)


def _addressed(page: Page, text: str, old: str, new: str) -> list[Edit]:
    """Return edits that give a page a permalink (if `new` is one) and its old one as redirect."""
    if not has_front_matter(text):
        fields = {"permalink": new} if new else {}
        return [new_front_matter(page, fields | {"redirect_from": old})]
    own = [set_field(page, text, "permalink", new)] if new else []
    return [*own, add_redirect(page, text, old, instead_of=new)]


def _permalink(text: str) -> Permalink:
    try:
        return parse_permalink(text)
    except PermalinkError as error:
        raise MoveError(f"'{text}' cannot be a permalink: {error}") from error


def _under(edit: Edit, renames: Mapping[str, str]) -> Edit:
    path = renames.get(edit.position.path, edit.position.path)
    return replace(edit, position=replace(edit.position, path=path))
