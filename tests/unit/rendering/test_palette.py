from __future__ import annotations

import itertools

import numpy as np
import pytest
from skimage.color import rgb2lab

from mammocalc.rendering.palette import APPEARANCES, BACKGROUND, PANEL, SINGLE, css_colour, svg_path
from mammocalc.rendering.wording import name_of
from mammocalc.vocabulary.lexicon import DESCRIPTORS, Distribution

# What people with a complete deficiency see, in linear RGB: Machado, Oliveira and Fernandes (2009), severity 1.
VISIONS = {
    "normal": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}


def linear(colour: tuple[int, int, int]) -> np.ndarray:
    share = np.array(colour) / 255
    return np.asarray(np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4))


def seen(colour: tuple[int, int, int], vision: str) -> np.ndarray:
    light = np.clip(VISIONS[vision] @ linear(colour), 0, 1)
    coded = np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)
    return np.asarray(rgb2lab(coded[None, None])[0, 0])


def contrast(first: tuple[int, int, int], second: tuple[int, int, int]) -> float:
    weights = np.array([0.2126, 0.7152, 0.0722])
    bright, dark = sorted((float(weights @ linear(first)), float(weights @ linear(second))), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("vision", VISIONS)
def test_the_five_colours_stay_apart_for_every_eye(vision: str) -> None:
    colours = [APPEARANCES[label].colour for label in DESCRIPTORS] + [SINGLE]
    for first, second in itertools.combinations(colours, 2):
        # A difference of 2.3 can just be seen; 15 is told apart at a glance.
        assert np.linalg.norm(seen(first, vision) - seen(second, vision)) > 15


def test_line_and_symbol_alone_tell_every_distribution() -> None:
    looks = [APPEARANCES[label] for label in Distribution]
    assert len({look.dashes for look in looks}) == len(looks)
    assert len({look.symbol for look in looks}) == len(looks)


def test_every_colour_can_be_read_on_the_background() -> None:
    for look in APPEARANCES.values():
        assert contrast(look.colour, BACKGROUND) >= 4.5
        assert contrast(look.colour, PANEL) >= 4.0


def test_symbols_stay_in_their_square_and_can_be_written_as_svg() -> None:
    for look in APPEARANCES.values():
        assert np.abs(np.concatenate([np.array(polygon) for polygon in look.symbol])).max() <= 1
        assert svg_path(look.symbol).count("Z") == len(look.symbol)


def test_colours_and_names_are_written_for_people() -> None:
    assert css_colour((0, 158, 115)) == "#009e73"
    assert name_of(Distribution.NOT_APPLICABLE) == "not applicable"
