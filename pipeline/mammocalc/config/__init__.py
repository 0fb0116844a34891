"""The one composition of all settings: read, checked, explained and fingerprinted."""

from mammocalc.config.composition import (
    REDACTED,
    Config,
    digest,
    medium_of,
    settings_for,
    without_salt,
    without_secrets,
)
from mammocalc.config.description import Row, describe, json_schema, to_commented_yaml
from mammocalc.config.loading import ResolvedConfig, load
from mammocalc.config.salt import read_salt, salt_of, uid_hasher
from mammocalc.config.upstream import before_distributions, before_particles, differences, origin_of
from mammocalc.files.ready_made import ready_made

__all__ = [
    "REDACTED",
    "Config",
    "ResolvedConfig",
    "Row",
    "before_distributions",
    "before_particles",
    "describe",
    "differences",
    "digest",
    "json_schema",
    "load",
    "medium_of",
    "origin_of",
    "read_salt",
    "ready_made",
    "salt_of",
    "settings_for",
    "to_commented_yaml",
    "uid_hasher",
    "without_salt",
    "without_secrets",
]
