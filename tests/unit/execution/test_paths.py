from __future__ import annotations

import re

from mammocalc.execution.paths import public_paths

DOE = frozenset({"doe", "jane", "xk77", "19530417"})
NOBODY = frozenset[str]()


def test_paths_that_name_nobody_stay_as_they_are() -> None:
    assert public_paths(["a/b.dcm", "c.dcm"], [DOE, NOBODY], "salt") == ["a/b.dcm", "c.dcm"]


def test_a_component_that_holds_a_name_is_hidden_however_it_is_written() -> None:
    spellings = ["DOE^JANE", "doe_jane", "JaneDoe2", "x-X.K.7.7-y", "1953-04-17", "Dóe", "mydoes"]
    for path in public_paths([f"{name}/1.dcm" for name in spellings], [DOE] * len(spellings), "salt"):
        assert re.fullmatch(r"~[0-9a-f]{8}/1\.dcm", path)


def test_the_ending_of_a_file_stays_unless_it_is_the_name() -> None:
    first, second, third = public_paths(["doe.dcm", "x.doe", "jane"], [DOE] * 3, "salt")
    assert re.fullmatch(r"~[0-9a-f]{8}\.dcm", first)
    assert re.fullmatch(r"~[0-9a-f]{8}", second)
    assert re.fullmatch(r"~[0-9a-f]{8}", third)


def test_names_of_two_letters_count_as_whole_words_only() -> None:
    tokens = frozenset({"wu", "li", "wuli", "liwu"})
    shown = public_paths(["wu/lilac.dcm", "li-wu/a.dcm", "WuLi/a.dcm"], [tokens] * 3, "salt")
    assert shown[0].endswith("/lilac.dcm")
    assert [path[0] for path in shown] == ["~"] * 3


def test_a_name_of_two_characters_in_another_script_is_found_within_words() -> None:
    (shown,) = public_paths(["山田太郎さん/a.dcm"], [frozenset({"山田", "太郎"})], "salt")
    assert shown.startswith("~")


def test_what_one_file_hides_is_hidden_for_all() -> None:
    shown = public_paths(["doe/1.dcm", "doe/2.dcm", "other/doe/3.dcm"], [DOE, frozenset({"someone"}), NOBODY], "salt")
    assert len({re.findall("~[0-9a-f]{8}", path)[0] for path in shown}) == 1


def test_without_a_header_whole_words_are_held_against_all_names_of_the_run() -> None:
    paths = ["a/1.dcm", "Jane-broken/2.dcm", "janes/3.dcm", "DOEJANE/4.dcm"]
    shown = public_paths(paths, [DOE | {"doejane"}, NOBODY, NOBODY, NOBODY], "salt")
    assert shown[0] == "a/1.dcm"
    assert re.fullmatch(r"~[0-9a-f]{8}/2\.dcm", shown[1])
    assert shown[2] == "janes/3.dcm"
    assert re.fullmatch(r"~[0-9a-f]{8}/4\.dcm", shown[3])


def test_a_name_that_another_header_tells_is_hidden_although_the_own_header_tells_a_pseudonym() -> None:
    paths = ["raw/1.dcm", "anonymous/Zwiebel-copy.dcm", "zwiebeln/may/4711/3.dcm"]
    zwiebel = frozenset({"zwiebel", "may", "4711"})
    shown = public_paths(paths, [zwiebel, frozenset({"a17"}), frozenset({"a18"})], "salt")
    assert shown[0] == "raw/1.dcm"
    assert re.fullmatch(r"anonymous/~[0-9a-f]{8}\.dcm", shown[1])
    assert shown[2] == "zwiebeln/may/4711/3.dcm"


def test_the_hash_depends_on_the_salt_and_on_nothing_else() -> None:
    one, again, other = (public_paths(["doe/1.dcm"], [DOE], salt) for salt in ("one", "one", "other"))
    assert one == again != other


def test_a_folder_that_is_the_input_itself_has_a_name() -> None:
    assert public_paths([".", ".."], [NOBODY, NOBODY], "") == [".", ".."]
