"""How two templates differ, and what their fingerprint is made of."""

from datetime import timedelta

import pytest
from google.cloud.run_v2.types import (
    CloudSqlInstance,
    Container,
    ContainerPort,
    EmptyDirVolumeSource,
    EnvVar,
    EnvVarSource,
    GCSVolumeSource,
    NFSVolumeSource,
    ResourceRequirements,
    Revision,
    RevisionScaling,
    RevisionTemplate,
    SecretKeySelector,
    SecretVolumeSource,
    VersionToPath,
    Volume,
    VolumeMount,
    VpcAccess,
)

from adapters.gcp.template import container_of, differences, fingerprint_of
from bot.domain.plan import Change, Difference

IMAGE = "registry.example/olympus/api"
PROXY = "registry.example/proxy"
PORT = ContainerPort(container_port=8080)
ALL_TRAFFIC = VpcAccess.VpcEgress.ALL_TRAFFIC
Line = tuple[str, str, Change, str | None, str | None]


def api(**settings: object) -> Container:
    """The container that is deployed."""
    return Container({"image": f"{IMAGE}:v1"} | settings)


def compared(before: dict[str, object], after: dict[str, object]) -> list[Line]:
    """The differences between a revision and a template; both run the api unless they say so."""
    alone = {"containers": [api()]}
    found = differences(Revision(alone | before), RevisionTemplate(alone | after), IMAGE)
    return [line(each) for each in found]


def of_container(before: dict[str, object], after: dict[str, object]) -> list[Line]:
    """The differences between two containers of the api."""
    return compared({"containers": [api(**before)]}, {"containers": [api(**after)]})


def line(found: Difference) -> Line:
    """A difference in short."""
    return (found.kind, found.name, found.change, found.before, found.after)


def secret(variable: str, version: str, name: str = "db") -> EnvVar:
    """A variable from a secret."""
    selector = SecretKeySelector(secret=name, version=version)
    return EnvVar(name=variable, value_source=EnvVarSource(secret_key_ref=selector))


def test_two_equal_templates_do_not_differ() -> None:
    """Whatever image they run: that is the deploy itself."""
    one = {"env": [EnvVar(name="A", value="1"), secret("B", "1")]}
    assert of_container(one, one | {"image": f"{IMAGE}:v2"}) == []


def test_variables_are_named_and_their_values_never_shown() -> None:
    """They may be secrets."""
    before = [EnvVar(name="GONE", value="hunter1"), EnvVar(name="MODE", value="hunter2")]
    after = [EnvVar(name="MODE", value="hunter3"), EnvVar(name="NEW", value="hunter4")]
    assert of_container({"env": before}, {"env": after}) == [
        ("variable", "GONE", Change.REMOVED, None, None),
        ("variable", "MODE", Change.CHANGED, None, None),
        ("variable", "NEW", Change.ADDED, None, None),
    ]


def test_secrets_are_shown_by_name_and_version() -> None:
    """Without a version it is the latest one; a project before the name is left out."""
    before = [secret("A", "3"), secret("B", "1"), EnvVar(name="C", value="open")]
    after = [secret("A", "4"), secret("B", "", "projects/1/secrets/db2"), secret("C", "1")]
    assert of_container({"env": before}, {"env": after}) == [
        ("secret", "A", Change.CHANGED, "db:3", "db:4"),
        ("secret", "B", Change.CHANGED, "db:1", "db2:latest"),
        ("secret", "C", Change.ADDED, None, "db:1"),
        ("variable", "C", Change.REMOVED, None, None),
    ]


def test_secrets_in_files_are_shown_by_path_and_version() -> None:
    """With a path for each file, for all of one, and for those that no container looks at."""

    def files(version: str) -> dict[str, object]:
        item = VersionToPath(path="key.pem", version=version)
        volumes = [
            Volume(name="keys", secret=SecretVolumeSource(secret="tls", items=[item])),
            Volume(name="whole", secret=SecretVolumeSource(secret=f"all{version}")),
            Volume(name="spare", secret=SecretVolumeSource(secret=f"spare{version}")),
        ]
        mounts = [
            VolumeMount(name="keys", mount_path="/etc/tls/"),
            VolumeMount(name="whole", mount_path="/etc/all"),
        ]
        return {"volumes": volumes, "containers": [api(volume_mounts=mounts)]}

    assert compared(files("1"), files("2")) == [
        ("secret", "/etc/all", Change.CHANGED, "all1:latest", "all2:latest"),
        ("secret", "/etc/tls/key.pem", Change.CHANGED, "tls:1", "tls:2"),
        ("secret", "spare", Change.CHANGED, "spare1:latest", "spare2:latest"),
    ]


@pytest.mark.parametrize(
    ("volume", "shown"),
    [
        (Volume(name="v", gcs=GCSVolumeSource(bucket="pictures")), "gs://pictures"),
        (Volume(name="v", nfs=NFSVolumeSource(server="10.0.0.2", path="/x")), "10.0.0.2:/x"),
        (Volume(name="v", cloud_sql_instance=CloudSqlInstance(instances=["p:r:i"])), "p:r:i"),
        (Volume(name="v", empty_dir=EmptyDirVolumeSource(size_limit="1Gi")), "empty 1Gi"),
        (Volume(name="v", empty_dir=EmptyDirVolumeSource()), "empty"),
    ],
)
def test_other_volumes_are_shown_by_where_they_come_from(volume: Volume, shown: str) -> None:
    """Mounted or not."""
    mounted = api(volume_mounts=[VolumeMount(name="v", mount_path="/v")])
    for container in (api(), mounted):
        after = {"volumes": [volume], "containers": [container]}
        assert compared({}, after) == [("volume", "v", Change.ADDED, None, shown)]


def test_sizes_are_shown() -> None:
    """One processor may be written in two ways."""
    before = ResourceRequirements(limits={"cpu": "1", "memory": "512Mi"})
    after = ResourceRequirements(limits={"cpu": "1000m", "memory": "1Gi", "nvidia.com/gpu": "1"})
    assert of_container({"resources": before}, {"resources": after}) == [
        ("memory", "", Change.CHANGED, "512Mi", "1Gi"),
        ("nvidia.com/gpu", "", Change.ADDED, None, "1"),
    ]


def test_scaling_is_shown() -> None:
    """Without a limit of its own a revision has the platform's; that counts as none."""
    before = {"scaling": RevisionScaling(min_instance_count=2)}
    after = {"scaling": RevisionScaling(max_instance_count=20)}
    assert compared(before, after) == [
        ("maximum instances", "", Change.ADDED, None, "20"),
        ("minimum instances", "", Change.CHANGED, "2", "0"),
    ]


def test_what_else_belongs_to_a_revision_is_shown() -> None:
    """By the words that people use for it."""
    before = {
        "timeout": timedelta(seconds=300),
        "max_instance_request_concurrency": 80,
        "service_account": "api@olympus",
    }
    after = {
        "timeout": timedelta(seconds=60),
        "max_instance_request_concurrency": 8,
        "service_account": "root@olympus",
    }
    assert compared(before, after) == [
        ("concurrency", "", Change.CHANGED, "80", "8"),
        ("service account", "", Change.CHANGED, "api@olympus", "root@olympus"),
        ("timeout", "", Change.CHANGED, "300s", "60s"),
    ]


def test_the_network_is_shown_with_what_goes_through_it() -> None:
    """A connector, or interfaces of its own."""
    interface = VpcAccess.NetworkInterface(network="main", subnetwork="west")
    before = {"vpc_access": VpcAccess(connector="vpc-1")}
    after = {"vpc_access": VpcAccess(network_interfaces=[interface], egress=ALL_TRAFFIC)}
    assert compared(before, after) == [
        ("network", "", Change.CHANGED, "vpc-1 (private ranges)", "main/west (all traffic)")
    ]


def test_commands_and_arguments_are_compared_and_not_shown() -> None:
    """A password may stand among them."""
    before = {"command": ["serve"], "args": ["--key", "hunter1"]}
    after = {"args": ["--key", "hunter2"]}
    assert of_container(before, after) == [
        ("arguments", "", Change.CHANGED, None, None),
        ("command", "", Change.REMOVED, None, None),
    ]


def test_of_several_containers_each_setting_has_the_name_of_its_own() -> None:
    """And a sidecar's image is a setting; one that is not named goes by its place."""
    proxy = Container(name="proxy", image=f"{PROXY}:v1", ports=[PORT])
    newer = Container(name="proxy", image=f"{PROXY}:v2", ports=[PORT])
    before = {"containers": [proxy, api(env=[EnvVar(name="A", value="1")])]}
    after = {"containers": [newer, api(env=[EnvVar(name="A", value="2")])]}
    assert compared(before, after) == [
        ("image", "proxy", Change.CHANGED, f"{PROXY}:v1", f"{PROXY}:v2"),
        ("variable", "container 2/A", Change.CHANGED, None, None),
    ]


def test_the_container_that_is_deployed_is_the_obvious_one() -> None:
    """The only one, else the one with the image, else the one with the port."""
    only, named = Container(image="x"), api()
    port, other = Container(image="y", ports=[PORT]), Container(image="z")
    assert container_of([only], IMAGE) is only
    assert container_of([port, named, other], IMAGE) is named
    assert container_of([port, other], IMAGE) is port
    assert container_of([only, other], IMAGE) is None


def template(**settings: object) -> RevisionTemplate:
    """A template of the api, with a sidecar."""
    containers = [api(), Container(name="proxy", image=f"{PROXY}:v1")]
    return RevisionTemplate({"containers": containers, "labels": {"team": "a"}} | settings)


def test_a_deploy_does_not_change_the_fingerprint() -> None:
    """Neither its image nor its marks count, nor the name that somebody gave a revision."""
    marked = template(
        containers=[
            Container(image=f"{IMAGE}@sha256:{'0' * 64}"),
            Container(name="proxy", image=f"{PROXY}:v1"),
        ],
        labels={"team": "a", "signalbox-deploy": "d-7f3k2"},
        annotations={"signalbox.dev/version": "v2", "signalbox.dev/digest": "sha256:0"},
        revision="api-00007",
    )
    assert fingerprint_of(marked, IMAGE) == fingerprint_of(template(), IMAGE)
    assert marked.revision == "api-00007"
    assert len(fingerprint_of(marked, IMAGE)) == 64


@pytest.mark.parametrize(
    "changed",
    [
        {"labels": {"team": "b"}},
        {"containers": [api(env=[EnvVar(name="A", value="1")]), Container(image=f"{PROXY}:v1")]},
        {"containers": [api(), Container(name="proxy", image=f"{PROXY}:v2")]},
        {"scaling": RevisionScaling(min_instance_count=1)},
        {"session_affinity": True},
    ],
)
def test_any_other_setting_changes_the_fingerprint(changed: dict[str, object]) -> None:
    """Also one that is not compared."""
    assert fingerprint_of(template(**changed), IMAGE) != fingerprint_of(template(), IMAGE)


def test_the_order_in_which_labels_arrive_does_not_change_the_fingerprint() -> None:
    """It means nothing."""
    one, other = ({"a": "1", "b": "2"}, {"b": "2", "a": "1"})
    assert fingerprint_of(template(labels=one), IMAGE) == fingerprint_of(
        template(labels=other), IMAGE
    )
