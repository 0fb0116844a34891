from dataclasses import dataclass

from mammocalc.model.view_names import names_of


@dataclass(frozen=True)
class Image:
    sop_instance_uid: str
    laterality: str = "L"
    view: str = "CC"
    view_modifiers: tuple[str, ...] = ()


def test_images_of_one_view_are_told_apart_by_as_much_of_their_uid_as_it_takes() -> None:
    assert names_of([Image("1.2.10000001"), Image("1.2.10000001", view="MLO")]) == ["L CC", "L MLO"]
    assert names_of([Image("1.2.10000001"), Image("1.2.10000002")]) == ["L CC (...10000001)", "L CC (...10000002)"]
    alike = names_of([Image("1.2.3.710000001"), Image("1.2.3.810000001"), Image("1.2.9", laterality="R")])
    assert alike == ["L CC (...710000001)", "L CC (...810000001)", "R CC"]
    assert names_of([Image("1"), Image("21")]) == ["L CC (...1)", "L CC (...21)"]
