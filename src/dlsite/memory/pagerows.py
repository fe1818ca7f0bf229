"""Parsed pages as rows of the store: what links and lists need, and apart from it the contents."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable

from dlsite.dataclass import dataclass
from dlsite.diagnostics import Diagnostic
from dlsite.memory.codec import CodecError, body_of_text, decode, encode, text_of_body
from dlsite.memory.store import Store, StoreError
from dlsite.records import Body, Contents, OutputPlan, Page, PageContents, Parsed


@dataclass(frozen=True, slots=True)
class Row:
    """A parsed file in UTF-8: as JSON what links and lists need, and apart from it the contents."""

    facts: bytes
    body: bytes
    piece: bytes
    terms: bytes
    markdown: bytes

    @classmethod
    def of(cls, parsed: Parsed) -> Row | None:
        """Return the row for a page; `None` where something in it has no JSON form.

        Nor has a page that could not be converted: whether it takes too long depends on
        the machine, so it is tried every time.
        """
        page = parsed.page
        if any(each.rule == "markdown-failed" for each in parsed.diagnostics):
            return None
        try:
            facts = [encode(page), [encode(each) for each in parsed.diagnostics]]
            body, markdown = text_of_body(page.body), text_of_body(page.contents.markdown)
            piece, terms = page.contents.piece, page.contents.terms.encode()
            return cls(_json(facts), body.encode(), piece, terms, markdown.encode())
        except (CodecError, ValueError, TypeError):
            return None

    def parsed(self, contents: Contents | None = None) -> Parsed:
        """Return the page again, with its contents where the caller has them.

        Raises `ValueError` for a row that no page can have made.
        """
        if contents is None:
            body, markdown = (body_of_text(each.decode()) for each in (self.body, self.markdown))
            contents = PageContents(body, self.piece, self.terms.decode(), markdown)
        return parsed_from(self.facts, contents)


def parsed_from(text: str | bytes, contents: Contents) -> Parsed:
    """Return the page whose facts are `text`; raises as `Row.parsed` does, or `TypeError`."""
    facts, diagnostics = json.loads(text)
    page = decode(Page, facts, contents=contents)
    return Parsed(page, tuple(decode(Diagnostic, row) for row in diagnostics))


@dataclass(frozen=True, slots=True)
class StoredContents:
    """Contents that stay in the store; each question reads them anew."""

    store: Store
    key: str

    @property
    def body(self) -> Body:
        """The page's HTML."""
        return self._pieces("bodies")

    @property
    def piece(self) -> bytes:
        """The piece of the search index with the page's text."""
        return self._load("texts")

    @property
    def terms(self) -> str:
        """What the search index holds of the page."""
        try:
            return self._load("terms").decode()
        except ValueError as error:
            raise StoreError(self.key) from error

    @property
    def markdown(self) -> Body:
        """The page as it was written."""
        return self._pieces("markdowns")

    def _pieces(self, table: str) -> Body:
        try:
            return body_of_text(self._load(table).decode())
        except ValueError as error:
            raise StoreError(self.key) from error

    def _load(self, table: str) -> bytes:
        content = self.store.content(table, self.key)
        if content is None:
            raise StoreError(self.key)
        return content


def fetch_bodies(plans: Iterable[OutputPlan]) -> None:
    """Read the bodies that plans show from their store together, for them to be asked for."""
    asked: dict[str, list[StoredContents]] = defaultdict(list)
    for planned in plans:
        if planned.body is not None and isinstance(planned.body.contents, StoredContents):
            table = "markdowns" if planned.body.is_markdown else "bodies"
            asked[table].append(planned.body.contents)
    for table, contents in asked.items():
        contents[0].store.fetch(table, [each.key for each in contents])


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
