"""Fill Jinja templates with plain data; a template that fails is a diagnostic.

Templates see what they are given and nothing else: no clock, no disk but the template
folder, no global with state.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import TracebackType

from jinja2 import (
    TemplateError,
    TemplateNotFound,
    TemplateSyntaxError,
    UndefinedError,
    meta,
)

from dlsite.assemble import context_of
from dlsite.diagnostics import Diagnostic, Position
from dlsite.records import OutputFile, OutputPlan
from dlsite.render.environment import NotGiven, PlainEnvironment
from dlsite.render.loading import Code, Kept, Texts
from dlsite.render.refusing import ChangesGivenError

STRINGS = "partials/strings.html"
_THEME = "theme:"
# Behind it stands, in a message, the page on which a template failed.
_ON = " (on '"


def words_for(language: str, path_by_name: Mapping[str, str]) -> str:
    """Return the name of the template that has the words of the interface in a language.

    A site that has shadowed `strings.html` has its own words, whatever its language.
    """
    if path_by_name.get(STRINGS, "").startswith(_THEME):
        for tag in (language, language.partition("-")[0]):
            name = f"partials/strings.{tag.lower()}.html"
            if name in path_by_name:
                return name
    return STRINGS


class Templates:
    """The templates of a site.

    `text_by_name` holds the site's own and the theme's; `path_by_name` says under which
    path a diagnostic names each.  The words of the interface are those of `language`.
    `code` keeps what they are compiled to.
    """

    def __init__(
        self,
        text_by_name: Mapping[str, str],
        path_by_name: Mapping[str, str],
        *,
        language: str = "en",
        code: Code | None = None,
    ) -> None:
        self._words = words_for(language, path_by_name)
        self._language = language
        self._texts, self._paths = {**text_by_name}, {**path_by_name}
        self._named: dict[str, tuple[str, ...]] = {}
        if self._words in text_by_name:
            self._texts[STRINGS] = text_by_name[self._words]
            self._paths[STRINGS] = path_by_name[self._words]
        self._environment = PlainEnvironment(
            loader=Texts(self._texts, self._paths),
            # Of Markdown nothing is HTML.
            autoescape=lambda name: name is None or not name.endswith(".md"),
            undefined=NotGiven,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            auto_reload=False,
            cache_size=-1,
            bytecode_cache=None if code is None else Kept(code),
        )

    @property
    def given(self) -> tuple[Mapping[str, str], Mapping[str, str], str]:
        """What these were made of: texts and paths by name, the language."""
        return self._texts, self._paths, self._language

    def render(self, planned: OutputPlan) -> tuple[OutputFile | None, Diagnostic | None]:
        """Return the output of a plan, or what is wrong with its template."""
        try:
            text = self._environment.get_template(planned.template).render(context_of(planned))
        except TemplateSyntaxError as error:
            return None, self._syntax_error(error)
        except TemplateNotFound as error:
            return None, self._not_found(error, planned)
        except ChangesGivenError as error:
            return None, self._failed(error, planned, "make another one, as in: names + ['more']")
        except UndefinedError as error:
            return None, self._failed(error, planned, "add it, or test it with 'is defined'")
        except (
            TemplateError,
            ArithmeticError,
            AttributeError,
            LookupError,
            TypeError,
            ValueError,
        ) as error:
            return None, self._failed(error, planned, "mend the expression")
        except RecursionError as error:
            return None, self._endless(error, planned)
        return OutputFile(planned.output_path, text.encode("utf-8", "xmlcharrefreplace")), None

    def broken(self) -> tuple[Diagnostic, ...]:
        """Return a diagnostic for every template of the site's own that is not valid, used or not.

        The theme's are valid, and there are so many that looking at them is felt.
        """
        found = []
        for name in sorted(self._texts):
            if self._paths[name].startswith(_THEME):
                continue
            try:
                self._environment.parse(self._texts[name], name, self._paths[name])
            except TemplateSyntaxError as error:
                found.append(self._syntax_error(error))
        return tuple(found)

    def needed(self, roots: Iterable[str]) -> set[str]:
        """Return the templates that `roots` extend, include and import, and the roots."""
        seen = {self._words}
        waiting = list(roots)
        while waiting:
            name = waiting.pop()
            if name in seen or name not in self._texts:
                continue
            seen.add(name)
            if name not in self._named:
                self._named[name] = self._named_by(self._texts[name])
            waiting += self._named[name]
        return seen

    def _named_by(self, text: str) -> tuple[str, ...]:
        """Return the templates that a text extends, includes and imports; none if it is broken."""
        try:
            tree = self._environment.parse(text)
        except TemplateSyntaxError:
            return ()
        return tuple(each for each in meta.find_referenced_templates(tree) if each is not None)

    def _syntax_error(self, error: TemplateSyntaxError) -> Diagnostic:
        path = error.filename or self._paths.get(error.name or "", error.name or "")
        message = f"template is not valid: {_lower(error.message or '')}"
        return Diagnostic("template-error", Position(path, error.lineno), message)

    def _not_found(self, error: TemplateNotFound, planned: OutputPlan) -> Diagnostic:
        places = self._places(error.__traceback__)
        message = f"there is no template '{error.name}'"
        help_ = (f"add templates/{error.name}",)
        if places and not places[-1].path.startswith(_THEME):
            return Diagnostic("template-error", places[-1], message, help_)
        # No line of an author asks for it, but every output that it was to make.
        return Diagnostic(
            "template-error", planned.position, message, help_, target=str(error.name)
        )

    def _failed(self, error: Exception, planned: OutputPlan, help_: str) -> Diagnostic:
        places = self._places(error.__traceback__)
        position = places[-1] if places else Position(self._paths[planned.template])
        return _at(position, _lower(str(error)), planned, help_)

    def _endless(self, error: RecursionError, planned: OutputPlan) -> Diagnostic:
        # How far Python gets, and what it says then, depends on where it began; which line is
        # the first that comes again does not.
        places = self._places(error.__traceback__)
        again = (place for number, place in enumerate(places) if place in places[number + 1 :])
        position = next(again, Position(self._paths[planned.template]))
        help_ = "let no template include or call itself"
        return _at(position, "there is no end to what this line begins", planned, help_)

    def _places(self, traceback: TracebackType | None) -> list[Position]:
        """Return the template lines of a traceback that Jinja has rewritten, the innermost last."""
        paths = set(self._paths.values())
        found = []
        while traceback is not None:
            path = traceback.tb_frame.f_code.co_filename
            if path in paths:
                found.append(Position(path, traceback.tb_lineno))
            traceback = traceback.tb_next
        return found


def _at(position: Position, message: str, planned: OutputPlan, help_: str) -> Diagnostic:
    message = f"{message}{_ON}{planned.permalink}')"
    return Diagnostic("template-error", position, message, (help_,), related=(planned.position,))


def _lower(message: str) -> str:
    return message[:1].lower() + message[1:].rstrip(".")


def cause_of(diagnostic: Diagnostic) -> str:
    """Return what is wrong without the page on which it shows: a template line fails on many."""
    return diagnostic.message.partition(_ON)[0]


def once(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Keep the first of the diagnostics that one template, or line of it, gives on many pages.

    One that is not there has no line, and the first says how many outputs lack it.
    """
    alike: dict[tuple[str, Position | None, str], list[Diagnostic]] = {}
    for diagnostic in diagnostics:
        is_absent = diagnostic.rule == "template-error" and diagnostic.target
        place = None if is_absent else diagnostic.position
        key = (diagnostic.rule, place, cause_of(diagnostic))
        alike.setdefault(key, []).append(diagnostic)
    return [
        replace(first, message=f"{first.message}, and {len(same)} outputs are made with it")
        if place is None and len(same) > 1
        else first
        for (_, place, _), same in alike.items()
        for first in same[:1]
    ]
