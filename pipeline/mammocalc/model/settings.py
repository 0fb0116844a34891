"""Base of all sections of a configuration."""

from pydantic import BaseModel, ConfigDict


class Settings(BaseModel):
    """
    An immutable, fully validated section of a configuration.

    An unknown key is an error, so that a misspelt setting cannot silently
    leave a default in force. The docstring under each field is its help text,
    its description in the JSON schema and its line in ``config show``. The
    unit stands at the end of a field's name.

    Examples
    --------
    >>> class Example(Settings):
    ...     width_mm: float = 1.0
    >>> Example(width_mm=2.0).width_mm
    2.0
    """

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        validate_default=True,
        allow_inf_nan=False,
        use_attribute_docstrings=True,
    )
