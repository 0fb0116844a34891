"""The page of a whole run: opens from the disk, without a server and without the network."""

from mammocalc.rendering.index.build import thumbnail_path, write_page

__all__ = ["thumbnail_path", "write_page"]
