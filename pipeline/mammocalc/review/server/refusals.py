"""Why a request of the review page is refused."""

from __future__ import annotations

from mammocalc.vocabulary.errors import CallError


class NotKnownError(CallError):
    """There is no such image or picture."""


class NotAllowedError(CallError):
    """A reader may not see or do something yet."""


class NotServedError(CallError):
    """The review is another reader's."""
