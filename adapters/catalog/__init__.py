"""Reads the configuration file. It knows YAML and the catalog's values, and nothing else.

document: bytes → plain values with places · values: what single values look like · shape,
policy_shape, incident_shape: the settings · reading: plain values → settings · checking,
approval_checking, policy_checking, strategy_checking, incident_checking: what settings must be to
each other · building, policy_building, incident_building: settings → catalog · report, problems:
what is wrong, for people · loading: all of it.
"""

from adapters.catalog.loading import load_catalog
from adapters.catalog.problems import ConfigError, Problem

__all__ = ["ConfigError", "Problem", "load_catalog"]
