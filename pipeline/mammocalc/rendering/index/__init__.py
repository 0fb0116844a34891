"""The page of a whole run: opens from the disk, without a server and without the network."""

from mammocalc.rendering.index.build import write_page

__all__ = ["write_page"]
