"""The rules about what an author writes: files, front matter, tags, text."""

from __future__ import annotations

from dlsite.rules.rule import Rule, Severity

PAGES: tuple[Rule, ...] = (
    # Sources and front matter
    Rule(
        "source-encoding",
        Severity.ERROR,
        "a source file is not clean UTF-8",
        "Bytes that are no UTF-8 would be published as question marks.",
        "Save the file as UTF-8.",
        blocks=True,
    ),
    Rule(
        "source-unreadable",
        Severity.ERROR,
        "a source file or folder cannot be read",
        "The system refuses, the file is larger than a page can be, or a symbolic link leads "
        "out of the site.",
        "Correct the rights or the name, or take the file out of the content folder.",
        blocks=True,
    ),
    Rule(
        "source-skipped",
        Severity.WARNING,
        "something in the content folder is no regular file",
        "A pipe, a device or a second way to a folder is passed over.",
        "Remove it, or name it in `exclude`.",
    ),
    Rule(
        "front-matter-syntax",
        Severity.ERROR,
        "the front matter is not valid YAML",
        "Most often a value with a colon or a hash sign that is not quoted, or a tab. The body "
        "of such a page is checked all the same.",
        "Mend the line that is shown; quote the value if in doubt.",
        blocks=True,
    ),
    Rule(
        "front-matter-type",
        Severity.ERROR,
        "a field has a value of the wrong kind",
        "A list where text is wanted, `maybe` where `true` or `false` is.",
        "Write the kind of value that the message names.",
        blocks=True,
    ),
    Rule(
        "front-matter-unknown",
        Severity.WARNING,
        "a field is a near miss of a known one",
        "A misspelt `permalink` has no effect, and nothing else would say so. Fields of your "
        "own are fine as long as they are not called nearly like one of dlsite's.",
        "Write the name that is proposed.",
    ),
    Rule(
        "date-invalid",
        Severity.ERROR,
        "a date cannot be read",
        "The page would lose its place in the archive and in the feed.",
        "Write `2019-05-20`, or with time and zone `2019-05-20 12:15:12 -0500`.",
        blocks=True,
    ),
    Rule(
        "title-missing",
        Severity.INFO,
        "a page has neither a title nor a heading",
        "Its title is taken from the file name.",
        "Add a `title` to the front matter.",
    ),
    Rule(
        "layout-unknown",
        Severity.INFO,
        "no page can be made with the layout",
        "No template has its name, or one that makes listings or parts. The page is shown with "
        "the template `page`.",
        "Name a template that exists, or remove the field.",
    ),
    # Tags
    Rule(
        "tag-duplicate",
        Severity.WARNING,
        "one page lists a tag twice",
        "Spellings that differ in case, separators or a plural are one tag.",
        "Remove one of the two.",
    ),
    Rule(
        "tag-similar",
        Severity.WARNING,
        "two spellings stand for one tag",
        "Either both are one tag already (they differ in case, separators or a plural) and one "
        "of them is shown; or a rare tag is a slip away from a frequent one or from a term of "
        "deep learning. Pairs that are both right, such as `l1-regularization` and "
        "`l2-regularization`, are left alone.",
        "Write the tag as it is proposed; or make both one in `content/tags.yml` with `synonyms`.",
    ),
    Rule(
        "tag-unknown",
        Severity.WARNING,
        "a tag is not in the list of those allowed",
        "The configuration lists the tags that the site wants in `tags_allowed`, and this is "
        "none of them, nor a synonym of one.",
        "Write a tag of the list, or add this one to it.",
    ),
    # Pages
    Rule(
        "page-orphan",
        Severity.INFO,
        "no page and no navigation leads here",
        "Readers find the page in listings and by search only.",
        "Link to it from a page on its subject, or add it to `nav`.",
    ),
    Rule(
        "page-deadend",
        Severity.INFO,
        "a page links to no other page",
        "Readers have nowhere to go on from there, and the page is cut off from the rest of "
        "the knowledge base.",
        "Link to the pages that its subject rests on.",
    ),
    Rule(
        "heading-id-duplicate",
        Severity.WARNING,
        "two headings claim one fragment",
        "A link to that fragment leads to the first of them, always.",
        "Give one of them another `{#fragment}`.",
    ),
    Rule(
        "heading-syntax",
        Severity.WARNING,
        "a line of hashes is no heading",
        "A heading is one to six hashes and a blank, as on GitHub: `##Results` is text, with its "
        "hashes, and stands in no table of contents. `#5` and lines of `#tags` are left alone.",
        "Write the blank: `## Results`; or `\\##Results` for text that begins so.",
    ),
    Rule(
        "heading-jump",
        Severity.INFO,
        "a heading skips a level",
        "Who reads with a screen reader takes the missing level for a missing section.",
        "Write the heading one level below the one before it.",
    ),
    Rule(
        "image-broken",
        Severity.WARNING,
        "an image file is empty, cut off, huge, or not what its name says",
        "Browsers show nothing, half of it, or nothing until they have run out of memory. It is "
        "published as it is.",
        "Save the image again, in the format that its name says.",
    ),
    Rule(
        "image-alt",
        Severity.WARNING,
        "an image has no alternative text",
        "Who cannot see the image learns nothing from it, and neither does a search engine.",
        "Say what it shows: `![a gate opens](gate.svg)`, or `![[gate.svg|a gate opens]]`. "
        'For decoration write HTML with an empty one: `<img src="line.svg" alt="">`.',
    ),
    Rule(
        "math-error",
        Severity.ERROR,
        "a formula cannot be turned into MathML",
        "It is shown as its source. The place in the formula is the one that the converter "
        "stumbled over.",
        "Mend the formula, or define the macro in `math.macros`.",
    ),
    Rule(
        "code-language",
        Severity.INFO,
        "the language of a code block is not known",
        "The block is shown without colours.",
        "Write the name that is proposed, or `text`.",
    ),
    Rule(
        "code-syntax",
        Severity.WARNING,
        "code of Python, JSON, YAML or TOML does not parse",
        "Readers copy it, and it does not run. Transcripts, `...`, IPython's magics and parts "
        "of a program are understood; the place is the one that the parser stumbled over.",
        "Mend it, or write `no-check` behind the language if it is meant to be wrong.",
    ),
    Rule(
        "liquid-unknown",
        Severity.WARNING,
        "a Liquid tag has no meaning here",
        "It is shown as it stands: articles run no template language.",
        "Write what it stood for, or wrap an example in `{% raw %}`.",
    ),
    Rule(
        "html-markdown",
        Severity.WARNING,
        "a block of HTML holds Markdown, which is not read there",
        "Bold text, a link or a fence stands inside a block such as `<div>`. As in Jekyll, what "
        "is inside HTML is HTML: readers see the asterisks and brackets. In `<details>` Markdown "
        "is read where blank lines part it from the tags, as on GitHub.",
        'Write `markdown="1"` into the tag, so that the inside is read; or write it as HTML.',
    ),
    Rule(
        "markdown-options",
        Severity.WARNING,
        "settings for kramdown stand in a page",
        "`{::options … /}` told Jekyll how to read the page. It is left out, and what it asked "
        "for is not done.",
        "Remove it; `markdown` in `dlsite.yml` has what can be set here.",
    ),
    Rule(
        "markdown-depth",
        Severity.WARNING,
        "quotes, lists or callouts stand in each other too deep",
        "What is deeper is shown as text, with its signs.",
        "Write it with fewer levels.",
    ),
    Rule(
        "markdown-failed",
        Severity.ERROR,
        "a page cannot be converted",
        "Something in it is too deep or too long for the converter, or takes too much memory.",
        "Make the part that the message names simpler.",
        blocks=True,
    ),
)
