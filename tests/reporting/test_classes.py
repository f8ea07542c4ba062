"""Points by class: order, names, the rest, and the missing."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from varigraph.reporting.classes import point_groups
from varigraph.reporting.style import CLASS_STYLES, OTHER_STYLE


@given(st.lists(st.one_of(st.none(), st.integers(0, 30), st.sampled_from(["a", "b"]), st.just(float("nan")))))
def test_every_point_is_in_exactly_one_group(labels):
    groups = point_groups(labels)
    members = np.concatenate([np.array([], int), *(group.members for group in groups)])
    assert sorted(members.tolist()) == list(range(len(labels)))


def test_classes_stand_in_the_order_of_their_numbers_not_of_their_digits():
    assert [group.name for group in point_groups([10, 9, 2])] == ["class 2", "class 9", "class 10"]


def test_names_stay_as_the_user_wrote_them():
    assert [group.name for group in point_groups(["tkinter", "asyncio"])] == ["asyncio", "tkinter"]


def test_ten_classes_have_a_look_each():
    groups = point_groups(list(range(10)))
    assert len({(group.style.colour, group.style.marker) for group in groups}) == 10


def test_beyond_ten_classes_the_largest_keep_their_look_and_the_rest_is_counted():
    labels = [label for label in range(13) for _ in range(label + 1)]
    *named, rest = point_groups(labels)
    assert [group.name for group in named] == [f"class {label}" for label in range(3, 13)]
    assert (rest.name, len(rest.members), rest.style) == ("3 other classes", 1 + 2 + 3, OTHER_STYLE)


def test_nan_and_none_are_no_label():
    first, missing = point_groups([1.0, None, float("nan")])
    assert first.name == "class 1"
    assert (missing.name, missing.members.tolist()) == ("no label", [1, 2])


def test_a_class_keeps_its_look_when_another_grows():
    few, many = point_groups(["a", "b"]), point_groups(["a", "b", "b", "b"])
    assert [group.style for group in few] == [group.style for group in many] == list(CLASS_STYLES[:2])
