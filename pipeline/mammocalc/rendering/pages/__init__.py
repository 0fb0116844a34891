"""Shared parts of all pages: one environment, one base, one Content Security Policy."""

from mammocalc.rendering.pages.environment import render_page

__all__ = ["render_page"]
