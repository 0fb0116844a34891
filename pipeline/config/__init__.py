"""The one composition of all settings: read, checked, explained and fingerprinted."""

from pipeline.config.composition import REDACTED, Config, digest, without_secrets
from pipeline.config.description import Row, describe, json_schema, to_commented_yaml
from pipeline.config.loading import ResolvedConfig, load

__all__ = [
    "REDACTED",
    "Config",
    "ResolvedConfig",
    "Row",
    "describe",
    "digest",
    "json_schema",
    "load",
    "to_commented_yaml",
    "without_secrets",
]
