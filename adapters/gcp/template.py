"""The settings that a revision is made from: their fingerprint, and how two of them differ. Pure.

Values of environment variables are compared and never shown: they may be secrets that somebody
put where they do not belong. The same holds for commands and arguments.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import NamedTuple

from google.cloud.run_v2.types import (
    Container,
    EnvVar,
    Revision,
    RevisionTemplate,
    Volume,
    VpcAccess,
)

from bot.domain.plan import Change, Difference

# On the template, and so on every revision that is made from it.
DEPLOY_LABEL = "signalbox-deploy"
VERSION_ANNOTATION = "signalbox.dev/version"
DIGEST_ANNOTATION = "signalbox.dev/digest"

Settings = Revision | RevisionTemplate


class _Setting(NamedTuple):
    """One setting: what is compared, and what may be shown of it."""

    compared: str
    shown: str | None


# By the word for the kind of setting, and by its name.
_Listed = dict[tuple[str, str], _Setting]


def repository_of(image: str) -> str:
    """An image reference without tag and digest."""
    name, _, _ = image.partition("@")
    folder, slash, last = name.rpartition("/")
    return folder + slash + last.partition(":")[0]


def container_of(containers: Sequence[Container], image: str) -> Container | None:
    """The container that runs the image: the only one, the one of that name, or the one with the
    port; others are its sidecars. None when it is not clear.
    """
    if len(containers) == 1:
        return containers[0]
    by_image = [each for each in containers if repository_of(each.image) == image]
    found = by_image or [each for each in containers if each.ports]
    return found[0] if len(found) == 1 else None


def fingerprint_of(template: RevisionTemplate, image: str) -> str:
    """The SHA-256 of a template without the image that is deployed and without our own marks.

    So a deploy does not change it, and a variable, a size or a sidecar does.
    """
    bare = RevisionTemplate(template)
    bare.revision = ""
    bare.labels.pop(DEPLOY_LABEL, None)
    bare.annotations.pop(VERSION_ANNOTATION, None)
    bare.annotations.pop(DIGEST_ANNOTATION, None)
    deployed = container_of(bare.containers, image)
    # Where it is not clear which one it is, a deploy is refused anyway.
    for container in [deployed] if deployed else bare.containers:
        container.image = ""
    canonical = json.dumps(RevisionTemplate.to_dict(bare), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def differences(before: Settings, after: Settings, image: str) -> tuple[Difference, ...]:
    """What `after` sets otherwise than `before`, by kind and name.

    Compared is what people set for a service: variables, secrets, volumes, sizes, scaling,
    network, account, commands, and the images of sidecars. A change of anything else shows in the
    fingerprint alone.
    """
    alone = max(len(before.containers), len(after.containers)) == 1
    old, new = _listed(before, image, alone=alone), _listed(after, image, alone=alone)
    return tuple(
        _difference(kind, name, old.get((kind, name)), new.get((kind, name)))
        for kind, name in sorted(old.keys() | new.keys())
        if _compared(old.get((kind, name))) != _compared(new.get((kind, name)))
    )


def _compared(setting: _Setting | None) -> str | None:
    return setting.compared if setting else None


def _difference(kind: str, name: str, old: _Setting | None, new: _Setting | None) -> Difference:
    change = Change.CHANGED if old and new else Change.ADDED if new else Change.REMOVED
    return Difference(
        kind=kind,
        name=name,
        change=change,
        before=old.shown if old else None,
        after=new.shown if new else None,
    )


def _listed(settings: Settings, image: str, *, alone: bool) -> _Listed:
    """Everything that is set. Of several containers, each one's name stands before its settings."""
    found = _of_revision(settings)
    volumes = {volume.name: volume for volume in settings.volumes}
    containers = list(settings.containers)  # the library makes a new wrapper at each access
    deployed = container_of(containers, image)
    for number, container in enumerate(containers, start=1):
        name = "" if alone else container.name or f"container {number}"
        listed = _of_container(container, volumes)
        if container is not deployed:
            listed["image", ""] = _open(container.image)
        for (kind, which), setting in listed.items():
            full = f"{name}/{which.lstrip('/')}".rstrip("/") if name else which
            found[kind, full] = setting
    mounted = {mount.name for each in containers for mount in each.volume_mounts}
    for volume in volumes.values():
        if volume.name not in mounted or not volume.secret.secret:
            found |= _of_volume(volume, volume.name)
    return found


def _of_revision(settings: Settings) -> _Listed:
    scaling = settings.scaling
    found = {
        ("minimum instances", ""): str(scaling.min_instance_count),
        ("maximum instances", ""): str(scaling.max_instance_count or ""),
        ("concurrency", ""): str(settings.max_instance_request_concurrency or ""),
        ("timeout", ""): _seconds(settings.timeout),
        ("service account", ""): settings.service_account,
        ("network", ""): _network(settings.vpc_access),
    }
    return {key: _open(shown) for key, shown in found.items() if shown}


def _of_container(container: Container, volumes: Mapping[str, Volume]) -> _Listed:
    found: _Listed = {}
    for variable in container.env:
        found |= _of_variable(variable)
    for resource, limit in container.resources.limits.items():
        found[resource, ""] = _Setting(_quantity(limit), limit)
    for kind, words in (("command", container.command), ("arguments", container.args)):
        if words:
            found[kind, ""] = _Setting(json.dumps(list(words)), None)
    for mount in container.volume_mounts:
        volume = volumes.get(mount.name)
        if volume is not None and volume.secret.secret:
            found |= _of_volume(volume, mount.mount_path)
    return found


def _of_variable(variable: EnvVar) -> _Listed:
    reference = variable.value_source.secret_key_ref
    if reference.secret:
        return {("secret", variable.name): _version(reference.secret, reference.version)}
    return {("variable", variable.name): _Setting(variable.value, None)}


def _of_volume(volume: Volume, place: str) -> _Listed:
    """A volume; of one with secrets each file, under the path at which it appears."""
    secret = volume.secret.secret
    if secret and volume.secret.items:
        return {
            ("secret", f"{place.rstrip('/')}/{item.path}"): _version(secret, item.version)
            for item in volume.secret.items
        }
    if secret:
        return {("secret", place): _version(secret, "")}
    return {("volume", place): _open(_source(volume))}


def _source(volume: Volume) -> str:
    """Where the content of a volume comes from."""
    if volume.gcs.bucket:
        return f"gs://{volume.gcs.bucket}"
    if volume.nfs.server:
        return f"{volume.nfs.server}:{volume.nfs.path}"
    if volume.cloud_sql_instance.instances:
        return ", ".join(volume.cloud_sql_instance.instances)
    return f"empty {volume.empty_dir.size_limit}".strip()


def _version(secret: str, version: str) -> _Setting:
    """A secret and its version, as gcloud writes them; none means the latest."""
    return _open(f"{secret.rpartition('/')[2]}:{version or 'latest'}")


def _network(access: VpcAccess) -> str:
    interfaces: Iterable[str] = (
        "/".join(part for part in (each.network, each.subnetwork) if part)
        for each in access.network_interfaces
    )
    places = [access.connector] if access.connector else list(interfaces)
    if not places:
        return ""
    everything = access.egress == VpcAccess.VpcEgress.ALL_TRAFFIC
    return f"{', '.join(places)} ({'all traffic' if everything else 'private ranges'})"


def _seconds(duration: timedelta | None) -> str:
    return f"{duration.total_seconds():g}s" if duration else ""


def _open(shown: str) -> _Setting:
    return _Setting(shown, shown)


def _quantity(limit: str) -> str:
    """One form for the ways to write a quantity of processors: `1` is `1000m`."""
    return f"{limit}000m" if limit.isdecimal() else limit
