"""What the simulated cloud holds at first: every target of a catalog, running."""

from collections.abc import Iterable

from adapters.local.cloud.images import built
from bot.domain.base import Model
from bot.domain.catalog import Target


class Seed(Model):
    """One service: where it is, its image, the versions it ran so far (the last one serves).

    After them came a revision of version `broken`, if any, that never started.
    """

    resource: str
    image: str
    ran: tuple[str, ...]
    broken: str | None = None
    environment: str = ""


def digest_of(image: str, version: str) -> str:
    """The digest of a simulated image: the same for every machine and every start."""
    return built(image, version).digest


def seeds_of(targets: Iterable[Target]) -> tuple[Seed, ...]:
    """Everything runs v1.1.0 after v1.0.0, with two exceptions that make the overview worth
    reading.

    Development of the third service is one version behind, and staging of the last service has a
    newer revision that does not start.
    """
    found = list(targets)
    services = list(dict.fromkeys(target.service for target in found))
    behind = services[2] if len(services) > 2 else None  # noqa: PLR2004 - the third service
    seeds = []
    for target in found:
        ran: tuple[str, ...] = ("v1.0.0", "v1.1.0")
        broken = None
        if target.service == behind and target.environment.startswith("dev"):
            ran = ("v1.0.0",)
        if target.service == services[-1] and target.environment.startswith("sta"):
            broken = "v1.3.0-rc.1"
        seeds.append(
            Seed(
                resource=target.place.resource,
                image=target.image,
                ran=ran,
                broken=broken,
                environment=target.environment,
            )
        )
    return tuple(seeds)
