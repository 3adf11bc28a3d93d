"""Properties: whatever single thing is changed in a signed credential, it is noticed."""

from copy import deepcopy
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from jobtwin.proofs.verification import CODES
from tests.proofs.exam import issued, verify


def leaves(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """The paths of all single values of a document."""
    if isinstance(value, dict):
        return [leaf for name, one in value.items() for leaf in leaves(one, (*path, name))]
    if isinstance(value, list):
        return [leaf for place, one in enumerate(value) for leaf in leaves(one, (*path, place))]
    return [path]


ANY_VALUE: st.SearchStrategy[object] = (
    st.text(max_size=8)
    | st.integers(-9, 9)
    | st.booleans()
    | st.none()
    | st.just([])
    | st.just({})
    | st.lists(st.text(max_size=3), max_size=2)
)


@settings(max_examples=250, deadline=None)
@given(path=st.sampled_from(leaves(issued().document)), value=ANY_VALUE)
def test_any_other_value_anywhere_is_noticed(path: tuple[str | int, ...], value: object) -> None:
    document: Any = deepcopy(issued().document)
    place = document
    for step in path[:-1]:
        place = place[step]
    former, place[path[-1]] = place[path[-1]], value
    if former == value and type(former) is type(value):
        return

    assert verify(document).code in CODES


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_any_other_letter_in_any_text_is_noticed(data: st.DataObject) -> None:
    document: Any = deepcopy(issued().document)
    texts = [path for path in leaves(document) if path[-1] != "hashed"]
    path = data.draw(st.sampled_from(texts))
    place = document
    for step in path[:-1]:
        place = place[step]
    text = place[path[-1]]
    at = data.draw(st.integers(0, len(text)))
    letter = data.draw(st.characters(codec="utf-8"))
    place[path[-1]] = data.draw(st.sampled_from([text[:at] + letter + text[at:], text[:at] + text[at + 1 :]]))
    if place[path[-1]] == text:
        return

    assert verify(document).code in CODES


@settings(max_examples=100, deadline=None)
@given(
    data=st.data(),
    name=st.sampled_from(["id", "type", "name", "description", "alignment", "x", "@type", "tag"]),
)
def test_any_new_member_anywhere_is_noticed(data: st.DataObject, name: str) -> None:
    document: Any = deepcopy(issued().document)
    nodes = [path[:-1] for path in leaves(document) if isinstance(path[-1], str)]
    place = document
    for step in data.draw(st.sampled_from(nodes)):
        place = place[step]
    if name in place:
        return
    place[name] = data.draw(ANY_VALUE)

    assert verify(document).code in CODES
