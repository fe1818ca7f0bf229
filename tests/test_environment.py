"""What a template makes is what Jinja makes of it, in fewer steps."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from jinja2 import DictLoader, Environment, StrictUndefined, UndefinedError
from jinja2.exceptions import SecurityError

from dlsite.render.environment import PlainEnvironment
from dlsite.render.loading import Texts

SITE = {"title": "A & B", "items": "a key that is a method's name", "nav": [1, 2]}
CONTEXT = {
    "site": SITE,
    "page": {"title": "<T>", "html": "<b>x</b>", "date": None, "get": 3, "tags": ["b", "a's"]},
    "pages": [{"title": "one"}, {"title": "two"}],
    "url": "/x/",
}
TEMPLATES = {
    "base": "<{% block a %}base{% endblock %}|{% block b scoped %}{{ url }}{% endblock %}>",
    "middle": "{% extends 'base' %}{% block a %}middle {{ super() }}{% endblock %}",
    "foot": "{% import 'words' as t %}[{{ site.title }} {{ t.say(site.nav | length) }}]",
    "outer": "({% include 'foot' %})",
    "row": "{{ entry.title }}{% set entry = 'own' %}{{ entry }}",
    "shadow": "{% set site = {'title': 'own'} %}{{ site.title }}",
    "words": "{% set word = 'w' %}{% macro say(n) %}{{ word }}{{ n }}{% endmacro %}",
    "asks": "{{ word }}{{ url }}",
}


class Jinja(Environment):
    """Jinja as it is, which shares no code with the templates of other tests."""

    compile = Environment.compile


def both(more: str) -> tuple[Environment, Environment]:
    options: dict[str, Any] = {
        "autoescape": True,
        "undefined": StrictUndefined,
        "trim_blocks": True,
    }
    texts = {**TEMPLATES, "more": more}
    ours = PlainEnvironment(loader=Texts(texts, {name: name for name in texts}), **options)
    jinjas = Jinja(loader=DictLoader(texts), **options)
    return ours, jinjas


@pytest.mark.parametrize(
    "text",
    [
        "{{ page.title }}{{ page.html | safe }}{{ page.html | safe | upper }}{{ page.date }}",
        "{{ page.get }}{{ page['title'] }}{{ site.items is string }}{{ page.items() | length }}",
        "{{ 'a' if page.nothing is defined else 'b' }}{{ page.nothing | default('c') }}",
        "{{ ('a' | attr('upper'))() }}{{ page | attr('title') is defined }}{{ page.tags[0] }}",
        "{{ page.tags[9] is defined }}{{ page.tags[-1] }}{{ 'abc'[1] }}{{ page[3] is defined }}",
        "{{ page | tojson }}{{ page.title | tojson }}{{ site | tojson(indent=2) }}{{ 1 | tojson }}",
        "{% extends 'middle' %}before {% block b %}{{ super() }}{{ page.title }}{% endblock %}",
        "{% if page.date %}{% extends 'base' %}{% else %}plain{% endif %} and after",
        "{% include 'outer' %}{% extends 'base' %}",
        "{% for entry in pages %}{{ loop.index }}{% include 'row' %}{% else %}none{% endfor %}",
        (
            "{% include 'foot' %}{% with site = {'title': 'C', 'nav': []} %}{% include 'foot' %}"
            "{% include 'outer' %}{% endwith %}{% include 'outer' %}"
        ),
        "{% include 'shadow' %}{% include 'outer' %}{% include 'shadow' %}",
        "{% set word = 1 %}{% include 'asks' %}{% set word = 2 %}{% include 'asks' %}",
        "{% include ['none', 'foot'] %}{% include 'none' ignore missing %}",
        "{% import 'foot' as f with context %}{{ f }}{% from 'words' import say %}{{ say('<') }}",
        (
            "{% macro m(x) %}{% include 'asks' %}{{ x }}{{ caller() }}{% endmacro %}"
            "{% set word = 'w' %}{% call m('<') %}{{ page.title }}{% endcall %}"
        ),
        "{% set x %}<i>{% include 'foot' %}</i>{% endset %}{{ x }}",
        "{% filter upper %}a{% include 'foot' %}{% endfilter %}",
        "{% for n in [1, [2]] recursive %}{{ n if n is number else loop(n) }}{% endfor %}",
        "{% block a %}{{ page.title }}{% endblock %}{{ self.a() }}",
        "{% autoescape false %}{{ page.title }}{{ page.html | safe }}{% endautoescape %}",
    ],
)
def test_text_is_that_of_jinja(text: str) -> None:
    ours, jinjas = both(text)
    expected = jinjas.get_template("more").render(CONTEXT)
    assert ours.get_template("more").render(CONTEXT) == expected
    # What is in memory from the first time, for another site.
    other = {**CONTEXT, "site": {**SITE, "title": "other"}, "url": "/y/"}
    assert ours.get_template("more").render(other) == jinjas.get_template("more").render(other)


@pytest.mark.parametrize("text", ["{{ page.nothing }}", "{{ nothing | safe }}", "{{ no.thing }}"])
def test_what_is_not_there_is_an_error_on_its_line(text: str) -> None:
    for environment in both(f"\n\n{text}"):
        with pytest.raises(UndefinedError) as caught:
            environment.get_template("more").render(CONTEXT)
        names = [(each.frame.code.name, each.lineno + 1) for each in caught.traceback]
        lines = [line for name, line in names if name == "top-level template code"]
        assert lines == [3]


def test_partial_for_the_site_alone_is_made_once() -> None:
    ours, _ = both("{% include 'outer' %}{% include 'asks' %}")
    asked: list[str] = []

    class Counting(dict[str, object]):
        def __getitem__(self, key: str) -> object:
            asked.append(key)
            return super().__getitem__(key)

    site = Counting(SITE)
    texts = {
        ours.get_template("more").render({"site": site, "word": "w", "url": f"/{n}/"})
        for n in range(3)
    }
    assert texts == {f"([A &amp; B w2])w/{n}/" for n in range(3)}
    assert asked == ["title", "nav"]


@pytest.mark.parametrize(
    "text",
    [
        "{% set own = [] %}{% set _ = own.append(url) %}{{ own }}",
        "{% set own = [url] %}{% set _ = own.append(1) %}{{ own }}",
        "{% set own = [1, 2] %}{% set _ = own.extend(site.nav) %}{{ own | tojson }}",
        "{% set own = {} %}{% set _ = own.update({'a': url}) %}{{ own }}",
        "{% set own = dict(a=1) %}{% set _ = own.update(b=2) %}{{ own }}",
        "{% set own = page.tags | list %}{{ own.pop() }}{{ own }}{{ page.tags }}",
        "{% set n = namespace(own=[]) %}{% set _ = n.own.append(url) %}{{ n.own }}",
    ],
)
def test_template_may_change_what_it_has_made_itself(text: str) -> None:
    made = [
        environment.get_template("more").render(deepcopy(CONTEXT)) for environment in both(text)
    ]
    assert made[0] == made[1]


@pytest.mark.parametrize(
    "text",
    [
        "{% set _ = page.tags.append('c') %}",
        "{% set _ = page['tags']['append']('c') %}",
        "{% set _ = (page.tags | attr('append'))('c') %}",
        "{% set _ = page | attr('update') %}",
        "{% set _ = site.update({'title': 'B'}) %}",
        "{% for each in pages %}{% set _ = each.pop('title') %}{% endfor %}",
        "{% set mine = site.nav %}{% set _ = mine.reverse() %}",
        "{{ ''.__class__ }}",
        "{{ ''['__class__'] }}",
        "{{ '' | attr('__class__') }}",
        "{{ page.get.__self__ if page.get is callable else page.items.__self__ }}",
    ],
)
def test_template_changes_nothing_that_it_is_given(text: str) -> None:
    given = deepcopy(CONTEXT)
    with pytest.raises(SecurityError):
        both(text)[0].get_template("more").render(given)
    assert given == CONTEXT
