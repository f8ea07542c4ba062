"""Which pictures are removed: those that were noted, and nothing else whatever the list says."""

import json

import pytest

from varigraph.evaluation.drawn_pictures import note_drawn, remove_drawn


def test_noted_pictures_are_removed_and_others_stay(tmp_path):
    for name in ("a.png", "b.png", "mine.png"):
        (tmp_path / name).touch()
    note_drawn(tmp_path, ["a.png", "b.png", "gone.png"])
    remove_drawn(tmp_path)
    remove_drawn(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.png"]


@pytest.mark.parametrize(
    "pictures",
    [["../outside.png"], ["record.json"], [".."], [3, None, "sub/inside.png"], "outside.png", {"a.png": 1}],
)
def test_a_list_of_anybodys_removes_nothing_but_pictures_beside_it(tmp_path, pictures):
    folder = tmp_path / "run"
    kept = [tmp_path / "outside.png", folder / "record.json", folder / "sub" / "inside.png", folder / "a.png"]
    for path in kept:
        path.parent.mkdir(exist_ok=True)
        path.touch()
    (folder / "pictures.json").write_text(json.dumps({"pictures": pictures}))
    remove_drawn(folder)
    assert all(path.exists() for path in kept)


@pytest.mark.parametrize("text", ["", "[", "[]", "null"])
def test_a_damaged_list_is_no_list(tmp_path, text):
    (tmp_path / "pictures.json").write_text(text)
    remove_drawn(tmp_path)
