"""Pygments' lexers, which try at each place the rules that can match there and no others.

A lexer tries the rules of its state in order, some forty a token.  With what a match of
a rule can begin is known from its expression, so that the rules are looked up by the
character that comes next.  The tokens are the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from pygments.lexer import Lexer, RegexLexer
from pygments.token import Error, Whitespace, _TokenType

from dlsite.markup.firsts import ANY, firsts_of

_Rule = tuple[Callable[[str, int], re.Match[str] | None], Any, Any]
Token = tuple[int, _TokenType, str]
"""Place, kind and text."""

_SELDOM = 500
"""Tokens in one state that are read sooner than what its rules can begin with is worked out."""


def quicken(lexer: Lexer) -> Lexer:
    """Let a lexer look its rules up, if it reads by rules and in no way of its own."""
    states = getattr(lexer, "_tokens", None)
    reads_by_rules = (
        isinstance(lexer, RegexLexer)
        and type(lexer).get_tokens_unprocessed is RegexLexer.get_tokens_unprocessed
    )
    if not reads_by_rules or not isinstance(states, dict):
        return lexer
    rules = {name: _Rules(state) for name, state in states.items()}

    def get_tokens_unprocessed(text: str, stack: Iterable[str] = ("root",)) -> Iterator[Token]:
        return iter(_tokens(lexer, rules, text, list(stack)))

    # `using(this)` and everything else that reads by this lexer finds it here.
    lexer.get_tokens_unprocessed = get_tokens_unprocessed  # type: ignore[method-assign]
    return lexer


def tokens_of(lexer: Lexer, code: str) -> list[Token]:
    """Return the tokens of code, as `get_tokens` of a lexer without filters does.

    Where each stands is said only as far as the lexer does.
    """
    is_as_it_is = type(lexer).get_tokens is Lexer.get_tokens and not lexer.filters
    if not is_as_it_is or "\r" in code or code.startswith("\ufeff"):
        return [(0, kind, text) for kind, text in lexer.get_tokens(code)]
    return list(lexer.get_tokens_unprocessed(code))


class _Rules(dict[str, list[_Rule]]):
    """The rules of a state by the character that comes next; at the end it is empty."""

    def __init__(self, rules: list[_Rule]) -> None:
        super().__init__()
        self._rules = rules
        self._asked = 0

    def __missing__(self, character: str) -> list[_Rule]:
        self._asked += 1
        if self._asked < _SELDOM:
            return self._rules
        if not character or not character.isascii():
            found = self._rules
        else:
            bit = 1 << ord(character)
            found = [rule for rule in self._rules if _firsts(rule) & bit]
        self[character] = found
        return found


def _firsts(rule: _Rule) -> int:
    """Return with what a rule can begin: its first part is the method of an expression."""
    expression = getattr(rule[0], "__self__", None)
    return firsts_of(expression) if isinstance(expression, re.Pattern) else ANY


def _tokens(lexer: Lexer, rules: dict[str, _Rules], text: str, stack: list[str]) -> list[Token]:
    """Return the tokens that `RegexLexer.get_tokens_unprocessed` yields."""
    tokens: list[Token] = []
    position = 0
    by_character = rules[stack[-1]]
    while True:
        for match_at, action, new_state in by_character[text[position : position + 1]]:
            match = match_at(text, position)
            if match is None:
                continue
            if action is not None:
                if type(action) is _TokenType:
                    tokens.append((position, action, match.group()))
                else:
                    tokens += action(lexer, match)
            position = match.end()
            if new_state is not None:
                _enter(stack, new_state)
                by_character = rules[stack[-1]]
            break
        else:
            if position >= len(text):
                return tokens
            if text[position] == "\n":
                stack[:] = ["root"]
                by_character = rules["root"]
                tokens.append((position, Whitespace, "\n"))
            else:
                tokens.append((position, Error, text[position]))
            position += 1


def _enter(stack: list[str], new_state: str | int | tuple[str, ...]) -> None:
    """Go from state to state as a rule says; the last state is never left."""
    if isinstance(new_state, int):
        del stack[max(1, len(stack) - abs(new_state)) :]
        return
    for state in new_state if isinstance(new_state, tuple) else (new_state,):
        if state == "#pop":
            del stack[max(1, len(stack) - 1) :]
        else:
            stack.append(stack[-1] if state == "#push" else state)
