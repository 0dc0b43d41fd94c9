"""Names of services and environments that people type about incidents."""

from bot.domain.catalog import Catalog, unknown


def known_place(catalog: Catalog, service: str | None, environment: str | None) -> None:
    """Raise `UnknownName` for a service or an environment that the catalog does not have."""
    if service:
        catalog.service(service)
    if environment and environment not in catalog.environments:
        raise unknown("environment", environment, catalog.environments)
