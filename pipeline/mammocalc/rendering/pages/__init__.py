"""Shared parts of all pages: one environment, one base, one Content Security Policy."""

from mammocalc.rendering.pages.environment import fill_page

__all__ = ["fill_page"]
