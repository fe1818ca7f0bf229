"""The rules: what dlsite may have to say, how much it weighs, why, and what to do about it.

The pages of `docs/rules/` are written from this table and from the case files of
`tests/cases/rules/`, which show for each rule a site that breaks it and no other.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How much a diagnostic weighs, heaviest first."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of diagnostic.

    `id` is stable: users select, ignore and configure by it.  `summary` is one
    sentence, lower case, saying what is wrong where the rule speaks; `why` says in
    Markdown when it speaks and what comes of it, `fix` what to do.  `blocks` marks
    what a build cannot publish: such an error leaves the published site as it was.
    """

    id: str
    severity: Severity
    summary: str
    why: str = ""
    fix: str = ""
    blocks: bool = False


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


_ERROR, _WARNING, _INFO = Severity.ERROR, Severity.WARNING, Severity.INFO

RULES = _table(
    [
        # Links
        Rule(
            "link-missing",
            _ERROR,
            "an internal link leads to no page or file",
            "The target is no permalink, old address, tag page or file of the site. A near name is "
            "proposed; where a page is missing altogether, the heading over the link proposes its "
            "title, and a target that looks misspelt is said to.",
            "Write the address that is proposed, or make the page: `dlsite new /address/`.",
        ),
        Rule(
            "link-anchor",
            _ERROR,
            "the page exists, but nothing on it has that fragment",
            "The fragment behind `#` is compared with the ids that the page really has when it is "
            "published: headings, `{#id}`, `id=` and `<a name>`.",
            "Write the fragment of a heading of that page, or give a heading the fragment: "
            "`## Title {#fragment}`.",
        ),
        Rule(
            "link-case",
            _ERROR,
            "the target exists in another letter case only",
            "Letter case counts in addresses. Such a link works on a Mac or on Windows and is dead "
            "on the server.",
            "Write the target as it is proposed.",
        ),
        Rule(
            "link-draft",
            _ERROR,
            "the target is a page that is not published",
            "The page is a draft, has `published: false`, or a date in the future: readers of the "
            "site would follow the link into nothing.",
            "Publish that page, or take the link out until it is.",
        ),
        Rule(
            "link-redirect",
            _INFO,
            "the target is an old address that redirects",
            "The link works, and the published page carries the new address already. The source "
            "still says the old one.",
            "Write the new address.",
        ),
        Rule(
            "link-asset",
            _ERROR,
            "an image or other file does not exist",
            "An `src`, `srcset`, `poster`, stylesheet `url()` or link names a file that is neither "
            "in the static folder nor beside the page.",
            "Correct the name, or add the file.",
        ),
        Rule(
            "link-scheme",
            _ERROR,
            "the target runs code instead of leading somewhere",
            "`javascript:`, `vbscript:` and HTML in `data:` are programs, not places: they cannot "
            "be opened in a new tab, and they are a way in for an attacker.",
            "Link to a page, or remove the link.",
        ),
        Rule(
            "link-ambiguous",
            _ERROR,
            "a wiki link fits more than one page",
            "A wiki link may call a page by its address, title, old address or file name. Where "
            "two pages answer, dlsite does not guess.",
            "Write the permalink of the page that is meant: `[[notes/attention]]`.",
        ),
        Rule(
            "link-malformed",
            _ERROR,
            "the target is empty or cannot be read as an address",
            "There is nothing between the parentheses, or something that is no address, such as a "
            "port that is no number.",
            "Write the permalink of a page, or the whole address of another site.",
        ),
        Rule(
            "link-external",
            _ERROR,
            "an address outside the site does not answer as it should",
            "Asked with `dlsite check --external` only. Broken is what its server says is gone, "
            "has no host or no valid certificate, or leads in a circle. What has moved for good "
            "is a remark, and so is what could not be found out (busy or unwilling servers).",
            "Link to where the page has moved, to another source, or to a copy in a web archive.",
        ),
        # Addresses
        Rule(
            "permalink-conflict",
            _ERROR,
            "two outputs claim one path",
            "Two pages, or a page and a file or listing, would be published at one address, and "
            "one of them would be lost.",
            "Give one of them another permalink.",
            blocks=True,
        ),
        Rule(
            "permalink-case",
            _ERROR,
            "two outputs differ by letter case only",
            "On a Mac and on Windows both are one file, and one of them would be lost.",
            "Give one of them another permalink.",
            blocks=True,
        ),
        Rule(
            "permalink-invalid",
            _ERROR,
            "a permalink cannot be used as one",
            "It has a query, a fragment, an empty segment, a control character or another thing "
            "that no server brings back unharmed.",
            "Write a path of plain words: `permalink: /transfer_learning/`.",
            blocks=True,
        ),
        Rule(
            "redirect-loop",
            _ERROR,
            "redirects lead back to themselves",
            "Following them never ends; a browser gives up with an error.",
            "Let one of them lead to a page.",
            blocks=True,
        ),
        Rule(
            "redirect-chain",
            _WARNING,
            "a redirect leads to another redirect",
            "Every step costs the reader a round trip, and some programs follow only one.",
            "Write the address at the end of the chain.",
        ),
        Rule(
            "redirect-shadows",
            _ERROR,
            "a redirect claims the address of something that exists",
            "`redirect_from` and `redirects` are for old addresses. Where a page or a file stands "
            "at the address, only one of the two can be published.",
            "Remove the redirect, or give the page another permalink.",
            blocks=True,
        ),
        Rule(
            "url-removed",
            _ERROR,
            "an address that was published is gone",
            "`urls.txt` lists the addresses and fragments that the site has promised. One of them "
            "leads nowhere now, so that links of other people and bookmarks break.",
            "Add the line that is proposed (`redirect_from: /old_address/`) to the page that took "
            "its place. Where the address may go: `dlsite check --update-urls`.",
        ),
        # Sources and front matter
        Rule(
            "source-encoding",
            _ERROR,
            "a source file is not clean UTF-8",
            "Bytes that are no UTF-8 would be published as question marks.",
            "Save the file as UTF-8.",
            blocks=True,
        ),
        Rule(
            "source-unreadable",
            _ERROR,
            "a source file or folder cannot be read",
            "The system refuses, the file is larger than a page can be, or a symbolic link leads "
            "out of the site.",
            "Correct the rights or the name, or take the file out of the content folder.",
            blocks=True,
        ),
        Rule(
            "source-skipped",
            _WARNING,
            "something in the content folder is no regular file",
            "A pipe, a device or a second way to a folder is passed over.",
            "Remove it, or name it in `exclude`.",
        ),
        Rule(
            "front-matter-syntax",
            _ERROR,
            "the front matter is not valid YAML",
            "Most often a value with a colon or a hash sign that is not quoted, or a tab. The body "
            "of such a page is checked all the same.",
            "Mend the line that is shown; quote the value if in doubt.",
            blocks=True,
        ),
        Rule(
            "front-matter-type",
            _ERROR,
            "a field has a value of the wrong kind",
            "A list where text is wanted, `maybe` where `true` or `false` is.",
            "Write the kind of value that the message names.",
            blocks=True,
        ),
        Rule(
            "front-matter-unknown",
            _WARNING,
            "a field is a near miss of a known one",
            "A misspelt `permalink` has no effect, and nothing else would say so. Fields of your "
            "own are fine as long as they are not called nearly like one of dlsite's.",
            "Write the name that is proposed.",
        ),
        Rule(
            "date-invalid",
            _ERROR,
            "a date cannot be read",
            "The page would lose its place in the archive and in the feed.",
            "Write `2019-05-20`, or with time and zone `2019-05-20 12:15:12 -0500`.",
            blocks=True,
        ),
        Rule(
            "title-missing",
            _INFO,
            "a page has neither a title nor a heading",
            "Its title is taken from the file name.",
            "Add a `title` to the front matter.",
        ),
        Rule(
            "layout-unknown",
            _INFO,
            "no page can be made with the layout",
            "No template has its name, or one that makes listings or parts. The page is shown with "
            "the template `page`.",
            "Name a template that exists, or remove the field.",
        ),
        # Tags
        Rule(
            "tag-duplicate",
            _WARNING,
            "one page lists a tag twice",
            "Spellings that differ in case, separators or a plural are one tag.",
            "Remove one of the two.",
        ),
        Rule(
            "tag-similar",
            _WARNING,
            "two spellings stand for one tag",
            "Either both are one tag already (they differ in case, separators or a plural) and one "
            "of them is shown; or a rare tag is a slip away from a frequent one or from a term of "
            "deep learning. Pairs that are both right, such as `l1-regularization` and "
            "`l2-regularization`, are left alone.",
            "Write the tag as it is proposed; or make both one in `content/tags.yml` with "
            "`synonyms`.",
        ),
        Rule(
            "tag-unknown",
            _WARNING,
            "a tag is not in the list of those allowed",
            "The configuration lists the tags that the site wants in `tags_allowed`, and this is "
            "none of them, nor a synonym of one.",
            "Write a tag of the list, or add this one to it.",
        ),
        # Pages
        Rule(
            "page-orphan",
            _INFO,
            "no page and no navigation leads here",
            "Readers find the page in listings and by search only.",
            "Link to it from a page on its subject, or add it to `nav`.",
        ),
        Rule(
            "page-deadend",
            _INFO,
            "a page links to no other page",
            "Readers have nowhere to go on from there, and the page is cut off from the rest of "
            "the knowledge base.",
            "Link to the pages that its subject rests on.",
        ),
        Rule(
            "heading-id-duplicate",
            _WARNING,
            "two headings claim one fragment",
            "A link to that fragment leads to the first of them, always.",
            "Give one of them another `{#fragment}`.",
        ),
        Rule(
            "heading-jump",
            _INFO,
            "a heading skips a level",
            "Who reads with a screen reader takes the missing level for a missing section.",
            "Write the heading one level below the one before it.",
        ),
        Rule(
            "image-alt",
            _WARNING,
            "an image has no alternative text",
            "Who cannot see the image learns nothing from it, and neither does a search engine.",
            "Say what it shows: `![a gate opens](gate.svg)`.",
        ),
        Rule(
            "math-error",
            _ERROR,
            "a formula cannot be turned into MathML",
            "It is shown as its source. The place in the formula is the one that the converter "
            "stumbled over.",
            "Mend the formula, or define the macro in `math.macros`.",
        ),
        Rule(
            "code-language",
            _INFO,
            "the language of a code block is not known",
            "The block is shown without colours.",
            "Write the name that is proposed, or `text`.",
        ),
        Rule(
            "code-syntax",
            _WARNING,
            "code of Python, JSON, YAML or TOML does not parse",
            "Readers copy it, and it does not run. Transcripts, `...`, IPython's magics and parts "
            "of a program are understood; the place is the one that the parser stumbled over.",
            "Mend it, or write `no-check` behind the language if it is meant to be wrong.",
        ),
        Rule(
            "liquid-unknown",
            _WARNING,
            "a Liquid tag has no meaning here",
            "It is shown as it stands: articles run no template language.",
            "Write what it stood for, or wrap an example in `{% raw %}`.",
        ),
        Rule(
            "markdown-depth",
            _WARNING,
            "quotes, lists or callouts stand in each other too deep",
            "What is deeper is shown as text, with its signs.",
            "Write it with fewer levels.",
        ),
        Rule(
            "markdown-failed",
            _ERROR,
            "a page cannot be converted",
            "Something in it is too deep or too long for the converter.",
            "Make the part that the message names simpler.",
            blocks=True,
        ),
        # Templates and configuration
        Rule(
            "template-error",
            _ERROR,
            "a template cannot be used",
            "It has a mistake in its syntax, uses a name that is not given to it, or includes one "
            "that does not exist.",
            "Mend the line that is shown.",
            blocks=True,
        ),
        Rule(
            "template-unused",
            _WARNING,
            "a template is used by nothing",
            "It shadows no template of the theme and no page names it: most often a misspelt "
            "override.",
            "Give it the name of the template it is to replace.",
        ),
        Rule(
            "config-unknown",
            _ERROR,
            "a configuration key is not known",
            "It would have no effect.",
            "Write the key that is proposed; values of your own belong below `extra`.",
            blocks=True,
        ),
        Rule(
            "config-invalid",
            _ERROR,
            "a configuration value cannot be used",
            "The key keeps its default.",
            "Write a value of the kind that the message names.",
            blocks=True,
        ),
        Rule(
            "ignore-stale",
            _WARNING,
            "an exemption exempts nothing",
            "A row of `check.ignore` matches no finding any more: what it excused is mended. A row "
            "that stays would hide the next mistake.",
            "Remove the row.",
        ),
    ]
)
