"""Near misses: what is offered, what is certain, and what must never be offered."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlsite.texts.spelling import are_distinct, distance, is_variant, nearest

KNOWN = ["transfer_learning", "recurrent_networks", "recursive_networks", "convolutional_networks"]


@pytest.mark.parametrize(
    ("word", "first"),
    [
        ("transfer_lerning", "transfer_learning"),
        ("transferlearning", "transfer_learning"),
        ("Transfer_Learning", "transfer_learning"),
        ("convolutionl_networks", "convolutional_networks"),
    ],
)
def test_a_slip_is_offered_its_word_first(word: str, first: str) -> None:
    assert nearest(word, KNOWN)[0] == first


def test_what_is_far_is_not_offered() -> None:
    assert nearest("attention", KNOWN) == ()


def test_the_order_does_not_depend_on_that_of_the_known_words() -> None:
    assert nearest("recurent_networks", KNOWN) == nearest("recurent_networks", KNOWN[::-1])


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("transfer_learning", "transfer-learning", True),
        ("Transfer Learning", "transfer_learning/", True),
        ("transfer_learning", "transfer_learning", False),
        ("transfer_learning", "transfer_learnings", False),
    ],
)
def test_variants_differ_in_case_and_separators_alone(a: str, b: str, *, same: bool) -> None:
    assert is_variant(a, b) is same


@pytest.mark.parametrize(
    ("a", "b", "distinct"),
    [
        ("recursive_networks", "recurrent_networks", True),
        ("supervised_learning", "unsupervised_learning", True),
        ("l1_loss", "l2_loss", True),
        ("cifar10", "cifar100", True),
        ("resnet18", "resnet50", True),
        ("transfer_lerning", "transfer_learning", False),
        ("recusive_networks", "recursive_networks", False),
        ("resnet", "resnet18", False),
    ],
)
def test_names_of_different_things_are_known(a: str, b: str, *, distinct: bool) -> None:
    assert are_distinct(a, b) is distinct
    assert are_distinct(b, a) is distinct


def _slips(a: str, b: str) -> int:
    """Return the restricted Damerau-Levenshtein distance, straight from its definition."""
    if not a or not b:
        return len(a) + len(b)
    ways = [_slips(a[:-1], b) + 1, _slips(a, b[:-1]) + 1, _slips(a[:-1], b[:-1]) + (a[-1] != b[-1])]
    if a[-1:] == b[-2:-1] and a[-2:-1] == b[-1:]:
        ways.append(_slips(a[:-2], b[:-2]) + 1)
    return min(ways)


@given(a=st.text("ab", max_size=6), b=st.text("abc", max_size=6), limit=st.integers(0, 4))
def test_distance_is_what_its_definition_says_up_to_a_limit(a: str, b: str, limit: int) -> None:
    assert distance(a, b, limit) == min(_slips(a, b), limit + 1)
