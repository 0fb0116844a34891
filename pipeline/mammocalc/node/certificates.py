"""TLS with certificates on both sides."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mammocalc.vocabulary.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Certificates:
    """Key and certificate of the node, and the authority that must have signed those of peers; PEM files."""

    key: Path
    certificate: Path
    authority: Path

    def for_callers(self) -> ssl.SSLContext:
        """Return the TLS context for callers, who need a certificate of the authority."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        return self._load(context)

    def for_destination(self) -> ssl.SSLContext:
        """Give what the destination meets: it shows a certificate of the authority, made out to its host."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        return self._load(context)

    def _load(self, context: ssl.SSLContext) -> ssl.SSLContext:
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.verify_mode = ssl.CERT_REQUIRED
        try:
            context.load_verify_locations(self.authority)
            context.load_cert_chain(self.certificate, self.key)
        except (OSError, ssl.SSLError) as error:
            what = getattr(error, "reason", None) or error.strerror or type(error).__name__
            message = (
                f"the certificates cannot be used ({what}). --tls-key, --tls-cert and --tls-ca name files in PEM, and "
                "key and certificate belong together."
            )
            raise UsageError(message) from None
        return context


def choose_certificates(key: Path | None, certificate: Path | None, authority: Path | None) -> Certificates | None:
    """
    Take three files, or none.

    Raises
    ------
    UsageError
        If only some are named.
    """
    if key is None and certificate is None and authority is None:
        return None
    if key is None or certificate is None or authority is None:
        message = "--tls-key, --tls-cert and --tls-ca go together: name all three, or none."
        raise UsageError(message)
    return Certificates(key, certificate, authority)
