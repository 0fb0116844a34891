from __future__ import annotations

import numpy as np
import pytest

from mammocalc.model import DistributionCall
from mammocalc.rendering.overlay.shares import draw_shares
from mammocalc.rendering.palette import APPEARANCES, LINE
from mammocalc.vocabulary.lexicon import DESCRIPTORS, Distribution

SIZE = 20
SHARES = {
    Distribution.DIFFUSE: 0.05,
    Distribution.REGIONAL: 0.1,
    Distribution.GROUPED: 0.15,
    Distribution.LINEAR: 0.2,
    Distribution.SEGMENTAL: 0.5,
}


def drawn(call: DistributionCall, width: int) -> np.ndarray:
    panel = np.zeros((40, width, 3), dtype=np.uint8)
    draw_shares(panel, call, 10, 5, SIZE, width - 20)
    return panel


@pytest.mark.parametrize("width", [900, 2200])
def test_bars_are_as_long_as_the_probabilities_with_and_without_room_for_names(width: int) -> None:
    panel = drawn(DistributionCall(Distribution.SEGMENTAL, (), SHARES), width)
    middle = panel[5 + round(0.6 * SIZE)]
    each = (width - 20) // len(DESCRIPTORS)
    for place, label in enumerate(DESCRIPTORS):
        # The symbol is of the same colour, and stands before the name.
        part = middle[10 + place * each + round(1.3 * SIZE) : 10 + (place + 1) * each]
        filled = int((part == APPEARANCES[label].colour).all(axis=1).sum())
        left_over = int((part == LINE).all(axis=1).sum())
        assert filled == round(4 * SIZE * SHARES[label])
        assert filled + left_over == 4 * SIZE


def test_a_call_without_probabilities_has_no_bars() -> None:
    assert not drawn(DistributionCall(Distribution.NOT_APPLICABLE, ()), 900).any()


def test_a_share_is_written_as_the_result_says_it() -> None:
    # 7.499 % is 7.5 % in the result, which its page writes as 8 %.
    shares = dict(zip(DESCRIPTORS, (0.0, 0.07499, 0.0, 0.0, 0.92501), strict=True))
    rounded = dict(zip(DESCRIPTORS, (0.0, 0.0750, 0.0, 0.0, 0.9250), strict=True))
    calls = [DistributionCall(Distribution.SEGMENTAL, (), one) for one in (shares, rounded)]
    np.testing.assert_array_equal(drawn(calls[0], 900), drawn(calls[1], 900))
