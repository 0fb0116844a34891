"""What the plots of an evaluation draw."""

from mammocalc.evaluation.page.plots import Dot, dot_rows

WIDTH_OF_A_LETTER = 7.2  # in the 13 pixels of the page's style


def test_the_longest_name_of_a_row_is_not_cut() -> None:
    name = "8 and more, 0.15 to 0.6 mm (n 220)"
    drawing = dot_rows("By effective ratio", "found", [(name, [Dot("found", "a", 0.8, 0)])])
    [ends_at] = [shape.attributes["x"] for shape in drawing.shapes if shape.words == name]
    assert isinstance(ends_at, int)
    assert ends_at >= WIDTH_OF_A_LETTER * len(name)
    assert all(float(str(shape.attributes.get("cx", ends_at))) >= ends_at for shape in drawing.shapes)
