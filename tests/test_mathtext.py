"""Formulas in plain Unicode, as search, feeds and descriptions have them."""

from __future__ import annotations

import pytest

from dlsite.config.settings import MarkupOptions
from dlsite.markup.converter import Converter
from dlsite.markup.plaintext import plain
from dlsite.markup.tex import Formula, Typesetter

TYPESETTER = Typesetter({})


@pytest.mark.parametrize(
    ("tex", "words"),
    [
        (r"x^2 + \hat{y}", "x² + ŷ"),
        (r"e^{-x}", "e⁻ˣ"),
        (r"W_{out}", "W_out"),
        (r"h_{t-1}", "hₜ₋₁"),
        (r"\theta_{t+1,i}", "θ_(t + 1, i)"),
        (r"\frac{1}{1+e^{-x}}", "1/(1 + e⁻ˣ)"),
        (r"\sqrt{x}, \sqrt[3]{x+1}", "√x, ∛(x + 1)"),
        (r"\sum_{i=1}^{n} x_i", "∑ᵢ₌₁ⁿ xᵢ"),
        (r"\log x, \log(x), y\log z", "log x, log(x), y log z"),
        (r"\mathbf{x} \in \mathbb{R}^{n}", "x ∈ ℝⁿ"),
        (r"\mathbb{E}_{x\sim p}[f(x)]", "𝔼_(x ∼ p)[f(x)]"),
        (r"\begin{bmatrix} 1 & 0 \\ 0 & -1 \end{bmatrix}", "[1, 0; 0, −1]"),
        (r"\begin{aligned} a &= b \\ c &= d \end{aligned}", "a = b; c = d"),
        (r"\text{out_proj} = 95\%", "out_proj = 95%"),
        (r"\href{/a}{x^2}", "x²"),
        (r"\phantom{xyz} a\,b", "ab"),
        (r"\underbrace{a+b}_{\text{sum}}", "a + b_sum"),
        (r"x = -1", "x = −1"),
        (r"f'(x)", "f′(x)"),
    ],
)
def test_a_formula_is_said_in_plain_unicode(tex: str, words: str) -> None:
    (result,) = TYPESETTER.set([Formula(tex, is_display=False)])
    assert plain(f"<p>{result.markup}</p>") == words


def test_the_text_of_a_page_holds_formulas_that_can_be_read() -> None:
    converted = Converter(MarkupOptions()).convert(
        "## The $x^2$ term\n\nLet $\\hat y < 1$.\n\n$$\n\\frac12\n$$\n"
    )
    assert converted.text == "The x² term\nLet ŷ < 1.\n1/2"
    assert converted.headings[0].text == "The x² term"
