"""Formulas: where they stand, what becomes of them, and where their faults are."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlsite.config.settings import MarkupOptions
from dlsite.markup.converter import Converter

CONVERTER = Converter(MarkupOptions())
_TEX = re.compile(
    r'<math(?P<display> display="block")?>.*?<annotation[^>]*>(?P<tex>.*?)</ann', re.DOTALL
)


def formulas(body: str) -> list[str]:
    """Return the TeX of a body's formulas; display formulas begin with `=`."""
    found = _TEX.finditer(CONVERTER.convert(body).html)
    return [("=" if match["display"] else "") + match["tex"] for match in found]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("a $x$ b", ["x"]),
        ("a $$x$$ b", ["x"]),
        ("$$x$$", ["=x"]),
        ("$$\nx\n$$", ["=x"]),
        ("text\n$$\nx\n$$\ntext", ["=x"]),
        ("- item\n\n  $$\n  x\n  $$", ["=x"]),
        ("> $$\n> x +\n> y\n> $$", ["=x +\ny"]),
        ("$$\na\n- b\n+ c\n= d\n$$", ["=a\n- b\n+ c\n= d"]),
        (r"\\(x\\) and \\[y\\]", ["x", "=y"]),
        (r"\begin{align} a &= b \end{align}", [r"=\begin{align} a &amp;= b \end{align}"]),
        ("$`x^2`$", ["x^2"]),
        ("```math\nx\n```", ["=x"]),
        ("## A $x$", ["x"]),
        ("[l $x$](/a)", ["x"]),
        ("| a |\n|---|\n| $p(x | y)$ |", ["p(x | y)"]),
        ("$a_1$ and $b_2$ and *c*", ["a_1", "b_2"]),
        ("$a<b$ and $c>d$", ["a&lt;b", "c&gt;d"]),
        (r"3$\times$3", [r"\times"]),
        ("公式$x$是", ["x"]),
        ("<div>\n$$x$$\n</div>", ["=x"]),
        ("a[^1]\n\n[^1]: $x$", ["x"]),
        ('"$x$"', ["x"]),
    ],
)
def test_formulas_are_found(body: str, expected: list[str]) -> None:
    assert formulas(body) == expected


@pytest.mark.parametrize(
    "body",
    [
        "it costs $5 and $10",
        "$ 5 and 6 $",
        "US$5-$10",
        "| $5 | $6 |\n|---|---|\n| 5$ | 6$ |",
        "|5$|6$|\n|---|---|\n|1|2|",
        r"\$x$ and $y\$",
        "`$x$`",
        "```\n$x$ and $$y$$\n```",
        "    $x$ in code",
        "$$ opens\n\nand nothing closes",
        "- costs $5\n- or $6.",
        r"\(x\) \[toc\]",
        "<pre>$x$</pre>",
        '<a title="$x$">y</a>',
        "<!-- $x$ -->",
        "$$$$",
        "run `echo $HOME` and `$x`",
    ],
)
def test_what_is_no_formula_stays_text(body: str) -> None:
    rendered = CONVERTER.convert(body).html
    assert "<math" not in rendered
    assert "\x02" not in rendered
    assert rendered.count("$") == body.count("$")


PLAIN = """
It costs $5 and $10.
The A100 is $10,000 to $15,000 per card.
Training cost $4.6M; inference is $0.002/1K tokens.
From $1.50/hour to $3.00/hour on demand.
They raised $100 million (now worth $1B).
US$5, A$7 and HK$40 are all prices.
Pay $20, $30 or $40.
It was $5k–$10k.
Between $5 and $6 there is little.
GPT-3 cost about $12M, not $12 m.
A $100 prize and a $50 prize.
$1,000.
$5
Costs: 5$ or 6$ a month.
The budget is 10$, the price 20$.
Set $HOME and $PATH first.
Use ${HOME}/bin or $(pwd) in a shell.
Both ${SOURCE_DIR}/a and ${BINARY_DIR}/b are set.
In $<CONFIG:Debug> and $<TARGET_FILE:a> of CMake.
Call $.ajax() or $("#id").hide() in jQuery.
In PHP $this->x and $that->y are fields.
Perl has $_ and $0, and @ARGV.
The regex ^a$ matches a line, ^b$ another.
`$x` and `y$` are code.
Run `echo $HOME $PATH`.
A ``$`x`$`` in code.
\\$5 and \\$6 are escaped.
In LaTeX, `$$x$$` displays.
| item | price |
|---|---|
| a | $5 |
| b | $6 |
- costs $5
- costs $6
[price $5](/a) and [price $6](/b)
<https://example.org/?a=$1&b=$2>
![a $5 bill](/a.png) and a $6 note
<span title="$5">x</span> and <b title="$6">y</b>
# A $5 lesson for $10
> paid $5
> got $6
$ pip install x
$ python train.py --lr $LR
Between 10$/h and 20$/h.
\"$5\" and \"$6\"
"""


@pytest.mark.parametrize("sentence", [line for line in PLAIN.split("\n") if line])
def test_prices_shells_and_regexes_stay_text(sentence: str) -> None:
    assert formulas(sentence) == []


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (r"use \\$HOME and \\$PATH", "<p>use $HOME and $PATH</p>"),
        (r"a\\${X}或\\${Y}", "<p>a${X}或${Y}</p>"),
        (r"\\$5, $x$", "<p>$5, "),
        (r"`a\\$b` \\$c", "<p><code>a\\\\$b</code> $c</p>"),
        ("    a\\\\$b\\\\$c", "a\\\\$b\\\\$c"),
    ],
)
def test_dollar_escaped_twice_is_a_dollar(body: str, expected: str) -> None:
    assert expected in CONVERTER.convert(body).html


def test_all_prices_of_a_page_stay_text() -> None:
    assert formulas(PLAIN.replace("\n", "\n\n")) == []


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("For $5 you get $n$ tokens.", ["n"]),
        ("With $n=5$ it costs $10.", ["n=5"]),
        ("$x$ is $5$, not $6 more.", ["x", "5"]),
        (
            "A $k$-NN, $L_2$-norm, $O(n)$; $\\alpha$, $\\beta$.",
            ["k", "L_2", "O(n)", r"\alpha", r"\beta"],
        ),
        ('($x$) [$y$] "$z$" *$w$* **$v$** _$u$_', ["x", "y", "z", "w", "v", "u"]),
        ("当$x>0$时，$y$为正。", ["x&gt;0", "y"]),
        ("the $i$th, $2^n$x, $n$s", ["i", "2^n", "n"]),
    ],
)
def test_formulas_among_prices_are_found(sentence: str, expected: list[str]) -> None:
    assert formulas(sentence) == expected


def test_a_stray_pair_of_dollars_ends_with_its_paragraph() -> None:
    rendered = CONVERTER.convert("one $$ two\n\nthree $x$\n\n## four\n").html
    assert "<p>one $$ two</p>" in rendered
    assert formulas("one $$ two\n\nthree $x$\n\n## four\n") == ["x"]


def test_brackets_with_one_backslash_are_formulas_where_the_site_says_so() -> None:
    converter = Converter(MarkupOptions(math_brackets=True))
    assert "<math>" in converter.convert(r"a \(x\) b").html
    assert 'display="block"' in converter.convert(r"\[x\]").html


def test_macros_of_the_site_and_of_the_page_hold_for_the_page() -> None:
    converter = Converter(MarkupOptions(math_macros={"net": r"f_{\theta}"}))
    converted = converter.convert(
        "$\\newcommand{\\R}{Q} \\newcommand{\\my}{Z}$ $\\net$\n\n$\\my\\R$"
    )
    assert converted.problems == ()
    assert "<mi>Z</mi><mi>Q</mi>" in converted.html
    assert converter.convert(r"$\my$").problems != ()


def test_numbers_and_references_reach_over_the_page() -> None:
    converted = CONVERTER.convert(
        "see $\\eqref{b}$\n\n$$a=1 \\label{a}$$\n\n"
        "\\begin{align} x &= 1 \\\\ y &= 2 \\label{b} \\end{align}\n\n$$z \\tag{7}$$"
    )
    assert converted.problems == ()
    assert '<a href="#b">(3)</a>' in converted.html
    assert "<mtext>(7)</mtext>" in converted.html


def test_a_fault_is_at_its_line_and_column() -> None:
    (problem,) = CONVERTER.convert("text\n\n> $$\n> a +\n> b \\foo c\n> $$\n").problems
    assert (problem.rule, problem.line, problem.column) == ("math-error", 5, 5)
    (problem,) = CONVERTER.convert(r"one $x$, two $y \foo$").problems
    assert (problem.line, problem.column) == (1, 17)


def test_what_cannot_be_set_is_shown_as_written() -> None:
    converted = CONVERTER.convert(r"a $\foo<b$ c")
    assert r">$\foo&lt;b$</code>" in converted.html
    assert not converted.has_math


def test_alternative_texts_say_formulas_in_plain_unicode() -> None:
    converted = CONVERTER.convert("![the $x_1^2 < \\hat y$ axis](/a$b$.png)")
    assert 'alt="the x₁² &lt; ŷ axis"' in converted.html
    assert 'src="/a$b$.png"' in converted.html
    assert not converted.has_math


def test_headings_are_named_after_the_tex() -> None:
    (heading,) = CONVERTER.convert("## The $x^2$ term").headings
    assert heading.fragment == "the-x2-term"


@given(st.text(alphabet="$\\(){}[]`<>|ab 1\n>-#_^*&", max_size=60))
def test_any_mix_of_signs_leaves_no_placeholder(body: str) -> None:
    converted = CONVERTER.convert(body)
    assert "dlsitemath" not in converted.html
    assert all(problem.rule != "markdown-failed" for problem in converted.problems)


@pytest.mark.parametrize(
    "body", ["$" * 20_000, "$a " * 20_000, r"\\(" * 20_000, "`$" * 20_000, "$$ a\n" * 10_000]
)
def test_many_openings_end_in_time(body: str) -> None:
    assert CONVERTER.convert(body).html


def test_a_fault_behind_what_is_taken_out_is_at_its_own_place() -> None:
    body = "<!--\nx\n-->\n{% comment %}\n\n{% endcomment %}{% raw %}a{% endraw %} $\\foo$\n"
    (problem,) = CONVERTER.convert(body).problems
    assert (problem.rule, problem.line, problem.column) == ("math-error", 6, 41)


@pytest.mark.parametrize(
    ("body", "tex"),
    [
        (r"\\(h\_t = W\_{hh}\\)", "h _t = W _{hh}"),
        (r"\\(y \in \\{-1, 1\\}\\)", r"y \in  \{-1, 1 \}"),
        (r"\\(y \in \{1\}\\)", r"y \in \{1\}"),
        (r"\\(a \\ b\\)", r"a \\ b"),
        (r"\\[a \\\\ b\\]", r"a   \\ b"),
        (r"$a\_b\*c$", "a _b *c"),
        (r"$\Sigma=\\{a,b\\}$", r"\Sigma= \{a,b \}"),
        (r"$\left\\{ a \right\\}$", r"\left \{ a \right \}"),
        (r"$\\alpha\\, \\|x\\|$", r"\alpha \,  \|x \|"),
        (r"$\{a\}$", r"\{a\}"),
        (r"$\text{my\_name}\_i$", r"\text{my\_name} _i"),
        (r"$a \\ b\,c$", r"a \\ b\,c"),
        (
            r"$\begin{matrix} a \\\\ b \\{c} \end{matrix}$",
            r"\begin{matrix} a   \\ b \\{c} \end{matrix}",
        ),
        (r"$$a\_b \\{c}$$", r"a\_b \\{c}"),
    ],
)
def test_what_is_escaped_for_markdown_is_meant(body: str, tex: str) -> None:
    assert f">{tex}</annotation>" in CONVERTER.convert(body).html
