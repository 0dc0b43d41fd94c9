"""What a cold start must not wait for: libraries that no first answer needs.

OpenTelemetry's SDK is an extra, and redis-py loads it whenever it is installed. It is therefore
hidden from the process that is looked at, as it is missing where the extra was not chosen.
"""

import json
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).parents[1]
# Google's client alone takes longer to load than everything else together.
HEAVY = {"google.cloud", "google.auth", "grpc", "requests", "kubernetes", "PIL"}
NEEDED = ("bot.__main__", "bot.settings", "bot.process")
LOOK = """
import importlib, json, sys
sys.modules["opentelemetry.sdk"] = None
for name in json.loads(sys.argv[1]):
    importlib.import_module(name)
print(json.dumps([name for name, module in sys.modules.items() if module is not None]))
"""


def loaded(*names: str) -> set[str]:
    """Every module that is there in a new process after these have been imported."""
    found = subprocess.run(
        [sys.executable, "-c", LOOK, json.dumps(names)],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    )
    return set(json.loads(found.stdout))


def test_the_bot_answers_without_having_loaded_any_cloud_client() -> None:
    assert loaded(*NEEDED) & HEAVY == set()


def test_the_look_sees_a_client_that_is_loaded() -> None:
    assert {"google.cloud", "grpc"} <= loaded("adapters.gcp.cloud_run")


def test_asking_for_the_command_line_loads_nothing_of_the_bot() -> None:
    assert not loaded("bot.__main__") & {"pydantic", "aiohttp", "slack_bolt", "redis", "yaml"}
