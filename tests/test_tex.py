"""TeX as MathML: what is set, what is a fault and where, and what no formula may do."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path
from string import ascii_lowercase
from time import process_time
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlsite.markup.tex import Formula, SetFormula, Typesetter, faulty_macros

DATA = Path(__file__).parent / "data"
STYLE_SHEET = Path(__file__).parents[1] / "static" / "math.css"


def _rows(name: str) -> list[list[str]]:
    lines = (DATA / name).read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines]


def set_alone(
    tex: str, *, is_display: bool = True, macros: dict[str, str] | None = None
) -> SetFormula:
    (result,) = Typesetter(macros or {}).set([Formula(tex, is_display)])
    return result


def set_page(*formulas: str) -> list[SetFormula]:
    return Typesetter({}).set([Formula(tex, is_display=True) for tex in formulas])


TYPESETTER = Typesetter({})


@pytest.mark.parametrize(
    ("kind", "tex"), [pytest.param(*row[1:], id=row[0]) for row in _rows("formulas.tsv")]
)
def test_what_authors_write_is_set(kind: str, tex: str) -> None:
    (result,) = TYPESETTER.set([Formula(tex, is_display=kind == "display")])
    assert result.faults == ()
    root = ET.fromstring(result.markup)
    assert root.find("semantics/annotation").text == tex.strip()  # type: ignore[union-attr]
    shown = "".join(root.find("semantics")[0].itertext())  # type: ignore[index]
    assert "\ufdd2" not in shown
    assert "dlsite" not in shown
    assert not re.search(r"\[-?[\d.]+(?:em|ex|pt)\]", shown)
    assert all("style" not in element.attrib for element in root.iter())


def test_every_class_has_a_rule() -> None:
    used: set[str] = set()
    for _, kind, tex in _rows("formulas.tsv"):
        (result,) = TYPESETTER.set([Formula(tex, is_display=kind == "display")])
        used |= {
            name
            for names in re.findall(r' class="([^"]*)"', result.markup)
            for name in names.split()
        }
    rules = STYLE_SHEET.read_text(encoding="utf-8")
    assert {name for name in used if f".{name}" not in rules} == set()


@pytest.mark.parametrize(
    ("tex", "offset", "length", "reason"),
    [
        (r"\frac{a", 7, 0, "expected closing token '}', but reached end of input"),
        (r"a \foo b", 2, 4, r"unknown command '\foo'"),
        ("a}", 1, 1, "unmatched closing token: '}'"),
        ("x_1_2", 3, 1, "duplicate subscript or superscript"),
        (r"ŷ 损失 \foo", 5, 4, r"unknown command '\foo'"),
        (r"\text{if $x$} \foo", 14, 4, r"unknown command '\foo'"),
        (r"\text{if $\foo$}", 10, 4, r"unknown command '\foo'"),
        (r"\substack{a \\ \foo}", 15, 4, r"unknown command '\foo'"),
        ("a % {\n" + r"\bar", 10, 0, "expected argument but reached end of input"),
        (r"\begin{alignat}{2} a &= \foo \end{alignat}", 24, 4, r"unknown command '\foo'"),
        (r"a \tag{1} \foo", 10, 4, r"unknown command '\foo'"),
        (r"\textcolor{blurple}{x}", 0, 10, "'blurple' is not a colour"),
        (r"\textcolor[rgb]{.,1,0}{x}", 0, 10, "'.,1,0' is not a colour"),
        (r"a \rule{1em}{big}", 2, 5, "'big' is not a length"),
        (r"a \href{x}", 2, 5, r"an argument of '\href' is missing"),
        (r"x \newcommand{y}{z}", 2, 11, "'y' is not the name of a command"),
        (r"\begin{CD} A @>f B \end{CD}", 0, 6, "an arrow '@>' has not three '>'"),
        (r"\begin{CD} A", 0, 6, r"'\begin{CD}' has no '\end{CD}'"),
        (r"a + \eqref{eq:x}", 4, 6, "no formula of this page has the label 'eq:x'"),
        (r"\def\a{\a}", 0, 10, r"the macro '\a' uses itself"),
    ],
)  # fmt: skip
def test_a_fault_is_at_its_place(tex: str, offset: int, length: int, reason: str) -> None:
    result = set_alone(tex)
    assert result.markup == ""
    (fault,) = result.faults
    assert (fault.offset, fault.length, fault.reason) == (offset, length, reason)


@given(st.integers(0, 60), st.data())
def test_an_unknown_command_is_found_where_it_was_put(row: int, data: st.DataObject) -> None:
    _, kind, tex = _rows("formulas.tsv")[row * 4]
    places = [match.start() for match in re.finditer(r"(?<=[a-z0-9}]) (?=[a-z0-9\\])", tex)]
    if not places or "\\text" in tex or "mbox" in tex:
        return
    at = data.draw(st.sampled_from(places)) + 1
    spoiled = rf"{tex[:at]}\unbekannt {tex[at:]}"
    (result,) = TYPESETTER.set([Formula(spoiled, is_display=kind == "display")])
    assert [(fault.offset, fault.length) for fault in result.faults] == [(at, 10)]


@pytest.mark.parametrize(
    "tex", [r"\operatorname{<}", r"\operatorname &{x}", r"\text{<b>}", "a<b>c", r"\tag{<i>}x"]
)
def test_signs_of_html_are_escaped(tex: str) -> None:
    root = ET.fromstring(set_alone(tex).markup)
    assert {element.tag for element in root.iter()}.isdisjoint({"b", "i"})


# Numbers, labels, references


@pytest.mark.parametrize(
    ("tex", "expected"),
    [
        ("f'(x)", "<mrow><mi>f</mi>′</mrow>"),
        ("f''", "<mrow><mi>f</mi>″</mrow>"),
        ("v'_{w_O}", "<msub><mrow><mi>v</mi>′</mrow><msub><mi>w</mi><mi>O</mi></msub></msub>"),
        ("z_{u'_1}'", "<msub><mrow><mi>u</mi>′</mrow><mn>1</mn></msub>"),
        ("x^{y'}", "<msup><mi>x</mi><mrow><mi>y</mi>′</mrow></msup>"),
        ("y'^2", "<msup><mi>y</mi><mrow><mo>′</mo><mn>2</mn></mrow></msup>"),
    ],
)
def test_prime_is_as_high_as_its_sign_is_drawn(tex: str, expected: str) -> None:
    (formula,) = Typesetter({}).set([Formula(tex, is_display=False)])
    markup = formula.markup.replace('<mo lspace="0" rspace="0">', "<mo>")
    assert (
        expected.replace("</mi>′", "</mi><mo>′</mo>").replace("</mi>″", "</mi><mo>″</mo>") in markup
    )


def test_labels_are_ids_and_references_links_in_both_directions() -> None:
    before, one, two, after = set_page(
        r"\eqref{eq:b c}, \ref{eq:a}",
        r"a \label{eq:a}",
        r"b \label{eq:b c} \tag{$\star$}",
        r"\eqref{eq:a}",
    )
    assert 'id="eq:a"' in one.markup
    assert 'id="eq:b-c"' in two.markup
    assert '<a href="#eq:b-c">(⋆)</a>' in before.markup
    assert '<a href="#eq:a">1</a>' in before.markup
    assert '<a href="#eq:a">(1)</a>' in after.markup


def test_a_label_that_is_taken_gets_another_id() -> None:
    typesetter = Typesetter({})
    formulas = [
        Formula(r"a \label{loss}", is_display=True),
        Formula(r"\eqref{loss}", is_display=False),
    ]
    one, two = typesetter.set(formulas, taken={"loss", "loss-1"})
    assert 'id="loss-2"' in one.markup
    assert 'href="#loss-2"' in two.markup


def test_a_label_given_twice_is_a_fault_of_the_second() -> None:
    one, two = set_page(r"a \label{x}", r"b \label{x}")
    assert one.faults == ()
    (fault,) = two.faults
    assert (fault.offset, fault.reason) == (2, "the label 'x' was given before on this page")
    assert two.markup
    assert ' id="' not in two.markup


def test_numbers_begin_anew_with_each_page() -> None:
    equation = r"\begin{align} a \\ b \end{align}"
    typesetter = Typesetter({})
    pages = [typesetter.set([Formula(equation, is_display=True)] * 2) for _ in range(2)]
    assert pages[0] == pages[1]
    assert ">(4)<" in pages[0][1].markup


# Macros


def test_what_a_page_defines_holds_for_the_rest_of_it_alone() -> None:
    typesetter = Typesetter({"net": r"f_{\theta}"})
    first = Formula(
        r"\newcommand{\E}[2][x]{\mathbb{E}_{#1}[#2]} \DeclareMathOperator{\tr}{Tr}",
        is_display=False,
    )
    second = Formula(r"\E{a} \E[y]{b} \tr \net", is_display=False)
    _, result = typesetter.set([first, second])
    assert result.faults == ()
    assert ">Tr<" in result.markup
    (alone,) = typesetter.set([second])
    assert [fault.reason for fault in alone.faults] == [r"unknown command '\E'"]


@pytest.mark.parametrize(
    "definition", [r"\renewcommand{\alpha}{A}", r"\def\alpha{A}", r"\let\alpha=A"]
)
def test_what_was_set_on_one_page_is_not_taken_for_what_another_defines(definition: str) -> None:
    typesetter = Typesetter({})
    formula = Formula(r"\alpha + \beta", is_display=False)
    before = typesetter.set([formula])
    _, redefined = typesetter.set([Formula(definition, is_display=False), formula])
    assert "<mi>A</mi>" in redefined.markup
    assert typesetter.set([formula]) == before


def test_macros_of_a_site_count_from_formula_to_formula() -> None:
    typesetter = Typesetter({"eq": r"\begin{equation}#1\end{equation}"})
    page = [Formula(rf"\eq{{{letter}}}", is_display=True) for letter in "ab"]
    first, second = typesetter.set(page)
    assert ">(1)<" in first.markup
    assert ">(2)<" in second.markup
    assert typesetter.set(page) == [first, second]


def test_a_page_that_defines_something_shows_other_formulas_as_those_that_do_not() -> None:
    rows = [row for row in _rows("formulas.tsv") if r"\begin" not in row[2]]
    formulas = [Formula(tex, is_display=kind == "display") for _, kind, tex in rows]
    plain = [
        each for each in formulas if not re.search(r"\\\w*(?:def|command|let|Declare)", each.tex)
    ]
    for formula in plain:
        defining = Formula(r"\def\unused{x}", is_display=False)
        _, beside = Typesetter({}).set([defining, formula])
        assert TYPESETTER.set([formula]) == [beside], formula.tex


def test_what_an_author_defines_wins_over_what_it_would_mean() -> None:
    results = set_page(
        r"\newcommand{\dv}[1]{\mathbf{#1}} \renewcommand{\abs}[1]{A#1}", r"\dv{x} \abs{y}"
    )
    assert all(result.faults == () for result in results)
    assert "mfrac" not in results[1].markup
    assert "<mi>A</mi><mi>y</mi>" in results[1].markup


def test_macros_of_a_site_may_use_each_other_and_what_is_rewritten() -> None:
    result = set_alone(
        r"\hl{x} \loss",
        macros={
            "hl": r"\colorbox{yellow}{$#1$}",
            "loss": r"\mathcal{L}_{\text{a_b}} \net",
            "net": "f",
        },
    )
    assert result.faults == ()
    assert 'mathbackground="yellow"' in result.markup


def test_bad_macros_are_told_and_left_out() -> None:
    macros = {
        "fine": r"\mathbb{#1}",
        "open": r"\frac{a",
        "loop": r"\loop",
        "ping": r"\pong",
        "pong": r"\ping",
        "colour": r"\textcolor{nonsense}{x}",
        "typo": r"\mathbbb{R}",
        "half": r"\left(",
    }
    faults = faulty_macros(macros)
    assert set(faults) == {"open", "loop", "pong", "colour", "typo"}
    assert faults["typo"] == r"unknown command '\mathbbb'"
    assert set_alone(r"\fine{R}", macros=macros).faults == ()


@pytest.mark.parametrize("tex", [r"\operatorname*{\smash,max}_k", r"\mathrm{a \rule{1em}{1pt} b}"])
def test_no_sign_of_ours_is_left_where_only_letters_may_stand(tex: str) -> None:
    assert "\ufdd2" not in set_alone(tex).markup


# What a hostile formula must not do


@pytest.mark.parametrize(
    "tex",
    [
        "{" * 20_000,
        "{" * 20_000 + "}" * 20_000,
        r"\sqrt" * 20_000,
        r"\frac{" * 20_000,
        r"\left(" * 10_000,
        r"\begin{matrix}" * 5_000,
        r"\begin{matrix}\\" * 5_000,
        r"\displaystyle " * 10_000,
        "{" + r"\displaystyle & \left( \\" * 10_000,
        "x_{" * 20_000,
        "(" * 5_000,
        r"\log(" * 5_000,
        r"\log\langle " * 5_000,
        r"\def\a{(}" + r"\a" * 5_000,
        r"\left\langle(" * 5_000,
        r"\text{" * 5_000,
        r"\text{$" * 5_000,
        r"\\[" * 20_000,
        r"\color{red}" * 5_000,
        r"\tag{" * 5_000,
        r"\qty(" * 5_000,
        r"\dv[" * 5_000 + "]" * 5_000,
        r"\dv{" * 2_000 + "x" + "}" * 2_000,
        r"\begin{CD}" * 5_000,
        r"\newcommand" * 5_000,
        r"\def\a" * 10_000,
        r"\operatorname{\mathrm{" * 5_000,
        r"\mathop{x}_" * 5_000,
        r"\def\a#1{#1#1}" + r"\a{" * 40 + "x" + "}" * 40,
        r"\def\a#1{" + "#1" * 100 + "}" + r"\a{\a{\a{" + "x" * 1000 + "}}}",
        r"\def\a{{{{{{{{{{\b}}}}}}}}}}\def\b{\sqrt\a}\a",
        "".join(rf"\def\x{a}{{\x{b}\x{b}}}" for a, b in pairwise(ascii_lowercase)) + r"\xa",
        r"\newcommand{\a}[2][" * 2_000,
        r"\label{a}" * 5_000,
        "a&" * 20_000,
        "\x00\ufdd2\ufdd3",
    ],
)  # fmt: skip
def test_hostile_tex_ends_in_time(tex: str) -> None:
    start = process_time()
    result = set_alone(tex)
    assert process_time() - start < 3
    assert result.markup or result.faults


TOKENS = r"""
\frac \text \left \right \begin{matrix} \end{matrix} \begin{CD} \end{CD} \newcommand \def \a \color
\tag \label \eqref \href \mathop \limits \operatorname \dv \qty \rule \\ \substack \hline
\DeclarePairedDelimiter \let \smash \bbox \begin{eqnarray} \end{eqnarray} \begin{array} \intertext
\unicode \colorbox { } [ ] ( ) $ & % #1 ^ _ @ > V 1em red x é
"""


@given(
    st.lists(st.sampled_from([*TOKENS.split(), " ", "\n"]), max_size=25), st.sampled_from([0, 1])
)
def test_any_mix_of_tokens_is_set_or_has_a_fault_within_it(tokens: list[str], kind: int) -> None:
    tex = "".join(tokens)
    (result,) = TYPESETTER.set([Formula(tex, is_display=bool(kind))])
    assert all(0 <= fault.offset <= len(tex) for fault in result.faults)
    if result.markup:
        root = ET.fromstring(result.markup)
        assert "\ufdd2" not in "".join(root.find("semantics")[0].itertext())  # type: ignore[index]
    else:
        assert result.faults
