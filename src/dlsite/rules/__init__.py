"""The rules: what dlsite may have to say, how much it weighs, why, and what to do about it.

The pages of `docs/rules/` are written from this table and from the case files of
`tests/cases/rules/`, which show for each rule a site that breaks it and no other.
"""

from __future__ import annotations

from collections.abc import Iterable

from dlsite.rules.links import LINKS
from dlsite.rules.pages import PAGES
from dlsite.rules.rule import Rule, Severity
from dlsite.rules.site import SITE

__all__ = ["RULES", "Rule", "Severity", "rules_named"]


def _table(rules: Iterable[Rule]) -> dict[str, Rule]:
    table: dict[str, Rule] = {}
    for rule in rules:
        assert rule.id not in table, f"two rules are called '{rule.id}'"
        table[rule.id] = rule
    return table


def rules_named(name: str) -> tuple[str, ...]:
    """Return the ids that `name` stands for: a rule, or all of a family (`link-`, `link-*`).

    Empty where there is none.
    """
    if name in RULES:
        return (name,)
    prefix = name.removesuffix("*")
    if not prefix.endswith("-"):
        return ()
    return tuple(rule for rule in RULES if rule.startswith(prefix))


RULES = _table((*LINKS, *PAGES, *SITE))
