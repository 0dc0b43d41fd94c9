"""Templates of the simulated services, and what Cloud Run fills in where a template says nothing.

The defaults are those in the comments of Google's own message definitions and in the documentation
of Cloud Run (“Configure memory limits”, “Configure CPU limits”, “Maximum instances”).
"""

import hashlib
from datetime import timedelta

from google.cloud.run_v2.types import (
    Container,
    ContainerPort,
    EnvVar,
    EnvVarSource,
    ResourceRequirements,
    RevisionScaling,
    RevisionTemplate,
    SecretKeySelector,
)

_CPU, _MEMORY = "1000m", "512Mi"
_CONCURRENCY = 80
_TIMEOUT = timedelta(seconds=300)
_MAX_INSTANCES = 100
_PORT = ContainerPort(name="http1", container_port=8080)
# A project's number has twelve digits.
_NUMBERS = 10**12


def seeded(resource: str, environment: str) -> RevisionTemplate:
    """What somebody once set up for a service; production gets more of everything."""
    _, project, _, _, _, service = resource.split("/")
    large = environment.startswith("prod")
    return RevisionTemplate(
        labels={"team": service.partition("-")[0]},
        scaling=RevisionScaling(
            min_instance_count=2 if large else 0, max_instance_count=20 if large else 4
        ),
        service_account=f"{service}@{project}.iam.gserviceaccount.com",
        timeout=timedelta(seconds=60),
        max_instance_request_concurrency=_CONCURRENCY,
        containers=[
            Container(
                ports=[_PORT],
                env=[
                    EnvVar(name="ENVIRONMENT", value=environment),
                    EnvVar(name="LOG_LEVEL", value="info" if large else "debug"),
                    _secret("DATABASE_URL", f"{service}-database-url", "3"),
                    _secret("SESSION_KEY", f"{service}-session-key", "1"),
                ],
                resources=ResourceRequirements(
                    limits={"cpu": "2000m", "memory": "1Gi"}
                    if large
                    else {"cpu": _CPU, "memory": _MEMORY},
                    cpu_idle=not large,
                ),
            )
        ],
    )


def _secret(variable: str, secret: str, version: str) -> EnvVar:
    selector = SecretKeySelector(secret=secret, version=version)
    return EnvVar(name=variable, value_source=EnvVarSource(secret_key_ref=selector))


def with_defaults(template: RevisionTemplate, project: str) -> RevisionTemplate:
    """A copy of a template with what Cloud Run fills in."""
    full = RevisionTemplate(template)
    if not full.scaling.max_instance_count:
        full.scaling.max_instance_count = _MAX_INSTANCES
    if not full.max_instance_request_concurrency:
        full.max_instance_request_concurrency = _CONCURRENCY
    if not full.timeout:
        full.timeout = _TIMEOUT
    if not full.service_account:
        full.service_account = f"{_number(project)}-compute@developer.gserviceaccount.com"
    for container in full.containers:
        limits = container.resources.limits
        limits["cpu"] = limits.get("cpu", _CPU)
        limits["memory"] = limits.get("memory", _MEMORY)
    # Of several containers the one with the port takes the requests, and only people can say which.
    if len(full.containers) == 1 and not full.containers[0].ports:
        full.containers[0].ports = [_PORT]
    return full


def _number(project: str) -> str:
    """The simulated number of a project: the same at every start."""
    digest = hashlib.sha256(project.encode()).hexdigest()
    return f"{int(digest, 16) % _NUMBERS:012d}"
