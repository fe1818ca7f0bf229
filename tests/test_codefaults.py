"""Code that does not parse, and all that authors show which is no fault."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlsite.config.settings import MarkupOptions
from dlsite.markup.codefaults import CodeFault, code_fault
from dlsite.markup.converted import Problem
from dlsite.markup.converter import Converter

CONVERTER = Converter(MarkupOptions())


def problems(body: str) -> list[tuple[str, int, int]]:
    found: tuple[Problem, ...] = CONVERTER.convert(body).problems
    return [(each.rule, each.line, each.column) for each in found]


@pytest.mark.parametrize(
    "code",
    [
        "x = 1",
        "    def forward(self, x):\n        return self.fc(x)",
        "\tdef f(self):\n\t\treturn 1",
        "return x",
        "await f()",
        "        loss.backward()\n    optimizer.step()\nprint(1)",
        "for x in y:",
        "for x in y:\n    # do something",
        "if x:\n    # TODO\nelse:\n    y",
        "else:\n    x",
        "except ValueError:\n    pass",
        "@decorator",
        "model = Net(...)\nfit(a=1, ...)",
        "{'a': 1, ...}",
        "x = [1, 2, …, 10]",
        "class Net(nn.Module):\n    ...",
        "%matplotlib inline\n!pip install torch\nx = !ls\ny = %timeit f()\nnp.sum?\n?x",
        "x = (a\n  %b)\n",
        "return x\nnonlocal y",
        "%%bash\nls -la | wc",
        "%%time\nx = 1",
        ">>> x = 1\n>>> def f():\n...     return 1\n...\n>>> x\nanything at all",
        "In [1]: x = 1\n\nIn [2]: x\nOut[2]: 1\n any thing\n\nIn [3]: for i in x:\n   ...:     i",
        "Traceback (most recent call last):\n  File x\nValueError: no",
        "type X = int\ndef f[T](x: T): pass",
        "x = '\\d'",
        "a = b % c\nassert y != x",
        "(" * 5000,
        "x = '\0'",
    ],
)
def test_python_as_articles_show_it_has_no_fault(code: str) -> None:
    fault = code_fault("python", code)
    assert fault is None or code.startswith("((")


@pytest.mark.parametrize(
    ("language", "code", "line", "column", "reason"),
    [
        ("python", "x = = 1", 1, 5, "this is not Python"),
        ("py", "a\nprint 'x'", 2, 1, "missing parentheses in call to 'print', which Python 3 wants"),  # noqa: E501
        ("python", "def f(x)\n    return x", 1, 9, "expected ':'"),
        ("python", "def f():\n    x\n  y", 3, 4, "no line above is indented like it"),
        ("python", "\tx = = 1", 1, 6, "this is not Python"),
        ("pycon", ">>> x = = 1", 1, 9, "this is not Python"),
        ("python", "%matplotlib inline\nx ==== 1", 2, 5, "this is not Python"),
        ("json", '{"a": 1,}', 1, 8, "a comma stands before '}'"),
        ("json", "[1,\n]", 1, 3, "a comma stands before ']'"),
        ("json", '{"a": 1, 2}', 1, 10, "a key in double quotes is missing"),
        ("json", '{\n  # why\n  "a": 1}', 2, 3, "JSON has no comments"),
        ("jsonc", '{ // why\n  "a" 1}', 2, 7, "a colon is missing"),
        ("yaml", "a: 1\nb: c: d", 2, 5, "mapping values are not allowed in this context"),
        ("toml", "[a]\nb = ", 2, 4, "invalid value"),
    ],
)  # fmt: skip
def test_a_fault_is_at_its_place(
    language: str, code: str, line: int, column: int, reason: str
) -> None:
    fault = code_fault(language, code)
    assert fault is not None
    assert (fault.line, fault.column, fault.reason) == (line, column, reason)


def test_a_fault_is_as_long_as_the_word_at_its_place() -> None:
    assert code_fault("python", "a\nprint 'x'") == CodeFault(
        2, 1, "missing parentheses in call to 'print', which Python 3 wants", length=5
    )
    found = code_fault("json", '{"a" 1}')
    assert found is not None
    assert found.length == 1


@pytest.mark.parametrize(
    ("language", "code"),
    [
        ("json", '{"a": 1, ...}'),
        ("json", '{"a": 1}\n{"b": 2}'),
        ("json", '"a": 1,\n"b": [1],'),
        ("jsonc", '{\n// c\n"a": "//x", /* y */\n"b": [1,],}'),
        ("json", "9" * 6000),
        ("yaml", "a: 1\n---\nb: 2"),
        ("yaml", "{% if x %}\na: 1\n{{- y }}"),
        ("yaml", "run: ${{ y }}"),
        ("toml", "[a]\nb = 1\n...\n"),
        ("text", "x = = 1"),
        ("python2", "print 'x'"),
        ("json", " \n"),
        ("json", "[" * 99_000),
        ("toml", "a = " + "[" * 20_000),
        ("yaml", "[" * 5_000),
    ],
)
def test_what_is_right_or_no_business_of_ours(language: str, code: str) -> None:
    fault = code_fault(language, code)
    assert fault is None or len(code) > 4000


@given(st.sampled_from(["python", "json", "jsonc", "yaml", "toml"]), st.text(max_size=80))
def test_any_text_is_right_or_has_a_fault_in_it(language: str, code: str) -> None:
    fault = code_fault(language, code)
    assert fault is None or (fault.line >= 1 and fault.column >= 1 and fault.reason)


def test_faults_are_at_line_and_column_of_the_markdown() -> None:
    body = "- item\n\n  ```python\n  x = = 1\n  ```\n\n> ```json\n> [1,]\n> ```\n\n"
    body += "```yaml\na: b: c\n```\n"
    assert problems(body) == [("code-syntax", 4, 7), ("code-syntax", 8, 5), ("code-syntax", 12, 5)]


def test_a_block_can_say_that_it_is_not_to_be_checked() -> None:
    for info in ("python no-check", "{.python .no-check}", 'python {check="false"}'):
        assert problems(f"```{info}\nx = = 1\n```\n") == []


def test_code_in_a_comment_is_nobodys_business() -> None:
    body = "<!--\n```python\nx = = 2\n```\n-->\n\n```python\nx = = 1\n```\n"
    assert problems(body) == [("code-syntax", 8, 5)]


def test_a_misspelt_language_gets_the_right_one() -> None:
    (problem,) = CONVERTER.convert("```pyhton\nx\n```\n").problems
    assert (problem.rule, problem.line, problem.length) == ("code-language", 1, 9)
    assert problem.help[0] == "did you mean 'python'?"


def test_a_diff_of_a_language_is_a_diff() -> None:
    converted = CONVERTER.convert("```diff-python\n- a\n+ b\n```\n")
    assert converted.problems == ()
    assert 'class="language-diff"' in converted.html
    assert '<span class="gi">+ b' in converted.html
