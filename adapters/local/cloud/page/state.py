"""The simulated cloud as the JSON of the page."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from adapters.local.cloud.behaviour import PROFILES, Behaviour, RunningRevision, RunningService
from adapters.local.cloud.model import CloudModel
from adapters.local.cloud.page.wishes import MOST_LOAD
from adapters.local.cloud.seeds import Seed
from adapters.local.cloud.states import is_failed, short
from adapters.local.cloud.workload import Workload

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What the page shows of a cloud; `seeds` (by resource) say what belongs to which environment,
    `person` is who moves traffic by hand.

    Environments come in the reverse order of promotion, and production before all.
    """

    workload: Workload
    seeds: Mapping[str, Seed]
    person: str

    def state(self, now: datetime) -> Json:
        """Everything, as it is now."""
        model = self.workload.model
        running = self.workload.overview(now)
        names = reversed(dict.fromkeys(seed.environment for seed in self.seeds.values()))
        return {
            "environments": sorted(names, key=lambda name: not name.startswith("prod")),
            "behaviours": [
                {"name": each.value, "error_share": profile.error_share, "p95": profile.p95}
                for each, profile in PROFILES.items()
            ],
            "outages": {"cloud": model.faults.away, "metrics": model.faults.blind},
            "person": self.person,
            "most_load": MOST_LOAD,
            "services": [self._service(each) for each in running],
            "versions": {
                image: [_version(model, image, version, now) for version in reversed(tags)]
                for image, tags in model.images.tags.items()
            },
        }

    def _service(self, service: RunningService) -> Json:
        model = self.workload.model
        seed = self.seeds[service.resource]
        failed = {short(each.name) for each in model.revisions[service.resource] if is_failed(each)}
        shape = service.model_dump(mode="json", exclude={"revisions"})
        return shape | {
            "environment": seed.environment,
            "image": seed.image,
            "reconciling": model.services[service.resource].reconciling,
            "changed_by": model.services[service.resource].last_modifier,
            "revisions": [
                _revision(each, failed=each.name in failed) for each in service.revisions
            ],
        }


def _revision(revision: RunningRevision, *, failed: bool) -> Json:
    shape = revision.model_dump(mode="json", exclude={"ready"})
    return shape | {"state": "ready" if revision.ready else "failed" if failed else "starting"}


def _version(model: CloudModel, image: str, version: str, now: datetime) -> Json:
    """A version of the registry, and how whatever runs it will behave."""
    digest = model.images.tags[image][version]
    behaviour = model.history.digests[digest].at(now) or Behaviour.HEALTHY
    return {"version": version, "digest": digest, "behaviour": behaviour.value}
