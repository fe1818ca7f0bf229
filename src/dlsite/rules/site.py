"""The rules about what a site is set up with: templates, configuration."""

from __future__ import annotations

from dlsite.rules.rule import Rule, Severity

SITE: tuple[Rule, ...] = (
    # Templates and configuration
    Rule(
        "template-error",
        Severity.ERROR,
        "a template cannot be used",
        "It has a mistake in its syntax, uses a name that is not given to it, or includes one "
        "that does not exist.",
        "Mend the line that is shown.",
        blocks=True,
    ),
    Rule(
        "template-unused",
        Severity.WARNING,
        "a template is used by nothing",
        "It shadows no template of the theme and no page names it: most often a misspelt override.",
        "Give it the name of the template it is to replace.",
    ),
    Rule(
        "config-unknown",
        Severity.ERROR,
        "a configuration key is not known",
        "It would have no effect.",
        "Write the key that is proposed; values of your own belong below `extra`.",
        blocks=True,
    ),
    Rule(
        "config-invalid",
        Severity.ERROR,
        "a configuration value cannot be used",
        "The key keeps its default.",
        "Write a value of the kind that the message names.",
        blocks=True,
    ),
    Rule(
        "ignore-stale",
        Severity.WARNING,
        "an exemption exempts nothing",
        "A row of `check.ignore` matches no finding any more: what it excused is mended. A row "
        "that stays would hide the next mistake.",
        "Remove the row.",
    ),
)
