"""Numbers in sentences: a share is "85 %", and no length is "0.0 mm"."""

from __future__ import annotations


def say_percent(share: float) -> str:
    """
    Write a share in whole per cent.

    Examples
    --------
    >>> say_percent(0.85), say_percent(0.0), say_percent(1.0)
    ('85 %', '0 %', '100 %')
    """
    return f"{100 * share:.0f} %"


def say_mm(length_mm: float, decimals: int = 1) -> str:
    """
    Write a length; one that would be rounded to nothing is less than the last decimal.

    Examples
    --------
    >>> say_mm(12.34), say_mm(0.04), say_mm(0.04, decimals=2)
    ('12.3 mm', 'less than 0.1 mm', '0.04 mm')
    """
    written = f"{length_mm:.{decimals}f}"
    return f"{written} mm" if float(written) else f"less than {10**-decimals:g} mm"
