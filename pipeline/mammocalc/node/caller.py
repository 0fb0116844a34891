"""Calls of this node to another application entity."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from pynetdicom import AE

from mammocalc.node.store_scp import IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION_NAME

if TYPE_CHECKING:
    import ssl
    from collections.abc import Sequence
    from typing import Any

    from pynetdicom.association import Association

    from mammocalc.node.peers import Peer

CONNECT_S: Final = 10.0


class Caller:
    """
    Client that opens associations to one peer, for one service.

    Parameters
    ----------
    peer : Peer
    ae_title : str
        Of this node.
    tls : ssl.SSLContext or None

    Attributes
    ----------
    answer_s : float
        How long an answer may take, by the service; a connection may take `CONNECT_S`.
    name : str
        The AE title of the peer.
    entity : AE
        Of which contexts are asked for.
    """

    answer_s: ClassVar[float]

    def __init__(self, peer: Peer, ae_title: str, tls: ssl.SSLContext | None = None) -> None:
        self.name = peer.ae_title
        self._peer, self._tls = peer, tls
        self.entity = AE(ae_title)
        self.entity.implementation_class_uid = IMPLEMENTATION_CLASS_UID
        self.entity.implementation_version_name = IMPLEMENTATION_VERSION_NAME
        self.entity.connection_timeout = CONNECT_S
        self.entity.acse_timeout = self.entity.dimse_timeout = self.entity.network_timeout = self.answer_s

    def associate(self, handlers: Sequence[tuple[Any, ...]] = ()) -> Association:
        """Ask for an association; whether it is established, it says itself."""
        return self.entity.associate(
            self._peer.host,
            self._peer.port,
            ae_title=self._peer.ae_title,
            tls_args=None if self._tls is None else (self._tls, self._peer.host),
            evt_handlers=list(handlers),
        )
