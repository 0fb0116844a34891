"""The one composition of all settings: read, checked, explained and fingerprinted."""

from pipeline.config.composition import REDACTED, Config, digest, without_salt, without_secrets
from pipeline.config.description import Row, describe, json_schema, to_commented_yaml
from pipeline.config.loading import ResolvedConfig, load
from pipeline.config.salt import read_salt, uid_hasher

__all__ = [
    "REDACTED",
    "Config",
    "ResolvedConfig",
    "Row",
    "describe",
    "digest",
    "json_schema",
    "load",
    "read_salt",
    "to_commented_yaml",
    "uid_hasher",
    "without_salt",
    "without_secrets",
]
