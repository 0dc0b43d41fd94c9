"""What people do to the simulated cloud past Signalbox: with the console or with gcloud."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from google.cloud.run_v2.types import EnvVar, Service

from adapters.local.cloud.model import CloudModel
from adapters.local.cloud.records import Operation
from adapters.local.cloud.states import entry, short


@dataclass(frozen=True, slots=True, kw_only=True)
class Console:
    """The console of one person; what they do takes no time unless told otherwise."""

    model: CloudModel
    who: str = "sam@olympus.example"
    takes: timedelta = timedelta(0)

    def move_traffic(
        self,
        service: str,
        split: Mapping[str, int],
        now: datetime,
        *,
        tags: Mapping[str, str] | None = None,
    ) -> Operation:
        """Split the traffic by revision; the name "" stands for whatever is the latest."""
        change = self.model.service(service, now)
        shares = [entry(name, percent=percent) for name, percent in split.items()]
        change.traffic = [*shares, *(entry(name, tag=tag) for tag, name in (tags or {}).items())]
        return self._done(change, "traffic", now)

    def deploy(self, service: str, image: str, now: datetime) -> Operation:
        """Deploy an image as gcloud does: everything else of the template is carried along, labels
        and annotations too, and the revision is given a name.
        """
        change = self.model.service(service, now)
        change.template.containers[0].image = image
        number = len(self.model.revisions[service]) + 1
        change.template.revision = f"{short(service)}-{number:05d}-gcl"
        return self._done(change, "template", now)

    def set_variable(self, service: str, name: str, value: str, now: datetime) -> Operation:
        """Change an environment variable, which makes a revision of the same image."""
        change = self.model.service(service, now)
        change.template.revision = ""
        container = change.template.containers[0]
        others = [each for each in container.env if each.name != name]
        container.env = [*others, EnvVar(name=name, value=value)]
        return self._done(change, "template", now)

    def annotate(self, service: str, name: str, value: str, now: datetime) -> Operation:
        """Put an annotation on the service."""
        change = self.model.service(service, now)
        change.annotations[name] = value
        return self._done(change, "annotations", now)

    def _done(self, change: Service, path: str, now: datetime) -> Operation:
        operation = self.model.update(change, (path,), now, by=self.who)
        operation.ends = now + self.takes
        self.model.settle(now)
        return operation
