"""A Jekyll site as it stands: every page keeps the address that Jekyll gave it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from dlsite.build import analyse, load_config
from dlsite.explaining import explain
from dlsite.understanding import Analysis

Site = Callable[[Mapping[str, str]], Path]

POST = "---\ntitle: Post\ncategory: Deep Learning\n---\nText.\n"
PAGE = "---\ntitle: Page\n---\nText.\n"


def analysed(root: Path) -> Analysis:
    config, findings = load_config(root)
    assert findings == ()
    return analyse(root, config)


def permalinks(analysis: Analysis) -> dict[str, str]:
    return {page.path: analysis.site.routes.permalink_by_path[page.path] for page in analysis.pages}


@pytest.mark.parametrize(
    ("config", "places"),
    [
        ("", ("/deep learning/2019/05/20/My_Post.html", "/a.html", "/books/ch1.html")),
        ("permalink: pretty", ("/deep learning/2019/05/20/My_Post/", "/a/", "/books/ch1/")),
        ("permalink: none", ("/deep learning/My_Post.html", "/a.html", "/books/ch1.html")),
        ("permalink: /n/:title", ("/n/My_Post/", "/a/", "/books/ch1/")),
        (
            "permalink: /:slugified_categories/:slug/",
            ("/deep-learning/my-post/", "/a/", "/books/ch1/"),
        ),
    ],
    ids=["date", "pretty", "none", "own", "slugs"],
)
def test_every_kind_of_page_is_where_jekyll_has_it(
    site: Site, config: str, places: tuple[str, str, str]
) -> None:
    post, page, book = places
    root = site(
        {
            "_config.yml": f"{config}\ncollections:\n  books: {{output: true}}\n  notes: {{}}\n",
            "_posts/2019-05-20-My_Post.md": POST,
            "a.md": PAGE,
            "b/index.md": PAGE,
            "_books/ch1.md": PAGE,
            "_notes/hidden.md": PAGE,
            "_includes/x.md": PAGE,
            "README.md": PAGE,
        }
    )
    assert permalinks(analysed(root)) == {
        "_posts/2019-05-20-My_Post.md": post,
        "a.md": page,
        "b/index.md": "/b/",
        "_books/ch1.md": book,
    }


def test_folders_above_the_posts_are_categories(site: Site) -> None:
    root = site({"_config.yml": "permalink: pretty", "nlp/_posts/2019-05-20-a.md": POST})
    assert [*permalinks(analysed(root)).values()] == ["/nlp/deep learning/2019/05/20/a/"]


def test_the_permalink_of_a_collection_counts(site: Site) -> None:
    books = "collections:\n  books:\n    output: true\n    permalink: /read/:path/\n"
    root = site({"_config.yml": books, "_books/one/ch1.md": PAGE})
    assert [*permalinks(analysed(root)).values()] == ["/read/one/ch1/"]


def test_defaults_are_for_their_type_alone(site: Site) -> None:
    config = (
        "permalink: pretty\ndefaults:\n"
        "  - scope: {path: '', type: posts}\n    values: {permalink: '/p/:title/'}\n"
    )
    root = site({"_config.yml": config, "_posts/2019-05-20-a.md": POST, "b.md": PAGE})
    assert permalinks(analysed(root)) == {"_posts/2019-05-20-a.md": "/p/a/", "b.md": "/b/"}


def test_folders_of_any_name_are_content_and_templates_are_said_to_be_left_out(site: Site) -> None:
    root = site(
        {
            "_config.yml": "permalink: pretty",
            "static/a.png": "picture",
            "public/b.png": "picture",
            "index.html": "---\n---\n{% for post in site.posts %}{% endfor %}\n",
            "plain.html": "<p>as it is</p>\n",
        }
    )
    config, _ = load_config(root)
    analysis = analyse(root, config)
    routes = analysis.site.routes.route_by_permalink
    assert {"/static/a.png", "/plain.html"} <= set(routes)
    (skipped,) = [each for each in analysis.diagnostics if each.rule == "source-skipped"]
    assert skipped.position.path == "index.html"


def test_static_files_that_differ_by_letter_case_are_both_published(site: Site) -> None:
    root = site({"_config.yml": "", "A.png": "x", "a.png": "y"})
    analysis = analysed(root)
    assert {"/A.png", "/a.png"} <= set(analysis.site.routes.route_by_permalink)
    assert not any(diagnostic.blocks for diagnostic in analysis.diagnostics)


def test_remedies_are_for_a_site_with_its_pages_at_the_top(site: Site) -> None:
    page = "---\ntitle: Page\n---\n[a](/assets/a.pdf) [b]({% link _drafts/b.md %})\n"
    root = site({"_config.yml": "", "a.md": page, "_drafts/b.md": PAGE})
    found = analysed(root).diagnostics
    assert [each.help for each in found if each.rule.startswith("link-")] == [
        ("add the file 'assets/a.pdf'",),
        ("publish that page: move it to '_posts', or remove the link",),
    ]


def test_explanation_names_the_pattern_that_made_an_address(site: Site) -> None:
    root = site({"_config.yml": "permalink: /:year/:title/", "_posts/2019-05-20-x.md": POST})
    facts = dict(explain(analysed(root), "/2019/x/", {}))
    assert facts["permalink"] == ("from the pattern '/:year/:title/': the page names none",)
