"""Reasons for refusing a request."""

from __future__ import annotations

from mammocalc.vocabulary.errors import UsageError


class NotKnownError(UsageError):
    """There is no such image or picture."""


class NotAllowedError(UsageError):
    """A reader may not see or do something yet."""


class NotServedError(UsageError):
    """The review is another reader's."""
