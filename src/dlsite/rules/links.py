"""The rules about links, and about the addresses that they lead to."""

from __future__ import annotations

from dlsite.rules.rule import Rule, Severity

LINKS: tuple[Rule, ...] = (
    # Links
    Rule(
        "link-missing",
        Severity.ERROR,
        "an internal link leads to no page or file",
        "The target is no permalink, old address, tag page or file of the site. A near name is "
        "proposed; where a page is missing altogether, the heading over the link proposes its "
        "title, and a target that looks misspelt is said to.",
        "Write the address that is proposed, or make the page: `dlsite new /address/`.",
    ),
    Rule(
        "link-anchor",
        Severity.ERROR,
        "the page exists, but nothing on it has that fragment",
        "The fragment behind `#` is compared with the ids that the page really has when it is "
        "published: headings, `{#id}`, `id=` and `<a name>`.",
        "Write the fragment of a heading of that page, or give a heading the fragment: "
        "`## Title {#fragment}`.",
    ),
    Rule(
        "link-case",
        Severity.ERROR,
        "the target exists in another letter case only",
        "Letter case counts in addresses. Such a link works on a Mac or on Windows and is dead "
        "on the server.",
        "Write the target as it is proposed.",
    ),
    Rule(
        "link-draft",
        Severity.ERROR,
        "the target is a page that is not published",
        "The page is a draft, has `published: false`, or a date in the future: readers of the "
        "site would follow the link into nothing.",
        "Publish that page, or take the link out until it is.",
    ),
    Rule(
        "link-redirect",
        Severity.INFO,
        "the target is an old address that redirects",
        "The link works, and the published page carries the new address already. The source "
        "still says the old one.",
        "Write the new address.",
    ),
    Rule(
        "link-asset",
        Severity.ERROR,
        "an image or other file does not exist",
        "An `src`, `srcset`, `poster`, stylesheet `url()` or link names a file that is neither "
        "in the static folder nor beside the page; or an image names a page.",
        "Correct the name, or add the file.",
    ),
    Rule(
        "link-scheme",
        Severity.ERROR,
        "the target runs code instead of leading somewhere",
        "`javascript:`, `vbscript:` and HTML in `data:` are programs, not places: they cannot "
        "be opened in a new tab, and they are a way in for an attacker.",
        "Link to a page, or remove the link.",
    ),
    Rule(
        "link-ambiguous",
        Severity.ERROR,
        "a wiki link fits more than one page",
        "A wiki link may call a page by its address, title, old address or file name. Where "
        "two pages answer, dlsite does not guess.",
        "Write the permalink of the page that is meant: `[[notes/attention]]`.",
    ),
    Rule(
        "link-malformed",
        Severity.ERROR,
        "the target is empty or cannot be read as an address",
        "There is nothing between the parentheses, or something that is no address, such as a "
        "port that is no number.",
        "Write the permalink of a page, or the whole address of another site.",
    ),
    Rule(
        "link-undefined",
        Severity.WARNING,
        "a link, image or note names a definition that is nowhere",
        "`[words][id]`, `![words][id]` and `[^id]` lead where a line such as `[id]: /address/` or "
        "`[^id]: the note` says, anywhere on the page. Without one readers see the brackets. "
        "Indices, such as `a[i][j]`, and whatever stands in code are left alone.",
        "Write the definition, or a backslash before the bracket: `\\[words][id]`.",
    ),
    Rule(
        "link-external",
        Severity.ERROR,
        "an address outside the site is broken",
        "Asked with `dlsite check --external` only. Broken is what its server says is gone, "
        "has no host or no valid certificate, or leads in a circle.",
        "Link to another source, or to a copy in a web archive.",
    ),
    Rule(
        "link-external-moved",
        Severity.INFO,
        "an address outside the site has moved for good",
        "Asked with `dlsite check --external` only. The server redirects, and says that it "
        "will always (301, 308).",
        "Write the new address.",
    ),
    Rule(
        "link-external-unknown",
        Severity.INFO,
        "it could not be found out whether an address outside the site is there",
        "Asked with `dlsite check --external` only. Its server was slow, busy, unwilling (403, "
        "429, 5xx) or not to be reached, which says nothing about the page.",
        "Try again later; name addresses that no program may ask for in `check.external.ignore`.",
    ),
    # Addresses
    Rule(
        "permalink-conflict",
        Severity.ERROR,
        "two outputs claim one path",
        "Two pages, or a page and a file or listing, would be published at one address, and "
        "one of them would be lost.",
        "Give one of them another permalink.",
        blocks=True,
    ),
    Rule(
        "permalink-case",
        Severity.ERROR,
        "two outputs differ by letter case only",
        "On a Mac and on Windows both are one file, and one of them would be lost. Of two folders "
        "(`/notes/` and `/Notes/rnn/`) one would have the name of the other, so that on a server "
        "that tells them apart its pages are not found: that is a warning, and so are two static "
        "files.",
        "Give one of them another permalink.",
        blocks=True,
    ),
    Rule(
        "permalink-invalid",
        Severity.ERROR,
        "a permalink cannot be used as one",
        "It has a query, a fragment, an empty segment, a control character or another thing "
        "that no server brings back unharmed.",
        "Write a path of plain words: `permalink: /transfer_learning/`.",
        blocks=True,
    ),
    Rule(
        "redirect-loop",
        Severity.ERROR,
        "redirects lead back to themselves",
        "Following them never ends; a browser gives up with an error.",
        "Let one of them lead to a page.",
        blocks=True,
    ),
    Rule(
        "redirect-chain",
        Severity.WARNING,
        "a redirect leads to another redirect",
        "Every step costs the reader a round trip, and some programs follow only one.",
        "Write the address at the end of the chain.",
    ),
    Rule(
        "redirect-shadows",
        Severity.ERROR,
        "a redirect claims the address of something that exists",
        "`redirect_from` and `redirects` are for old addresses. Where a page or a file stands "
        "at the address, only one of the two can be published.",
        "Remove the redirect, or give the page another permalink.",
        blocks=True,
    ),
    Rule(
        "url-removed",
        Severity.ERROR,
        "an address that was published is gone",
        "`urls.txt` lists the addresses and fragments that the site has promised. One of them "
        "leads nowhere now, so that links of other people and bookmarks break.",
        "Add the line that is proposed (`redirect_from: /old_address/`) to the page that took "
        "its place. Where the address may go: `dlsite check --update-urls`.",
    ),
)
