"""The help texts of the commands, by the names that this workspace calls them."""

from bot.views.blocks import Rendered, rendered, section
from bot.views.mrkdwn import escape


def deploy(command: str, services: tuple[str, ...], environments: tuple[str, ...]) -> Rendered:
    """Help for the deploy command."""
    name = escape(command)
    example = services[0] if services else "api"
    goal = environments[-1] if environments else "production"
    lines = [
        f"*{name}* SERVICE VERSION ENVIRONMENT",
        f"`{name} {example} v1.2.0 {environments[0] if environments else 'staging'}` deploys it.",
        f"`{name} {example} v1.2.0 {goal}` asks for approval first, where the catalog says so.",
        f"`{name}` alone opens a form.",
        "VERSION is an image tag or a `sha256:…` digest; what is approved is the digest.",
        f"Services: {escape(', '.join(services))}",
        f"Environments: {escape(', '.join(environments))}",
    ]
    return rendered(f"How to use {command}", [section("\n".join(lines))])


def status(command: str, services: tuple[str, ...]) -> Rendered:
    """Help for the status command."""
    name = escape(command)
    lines = [
        f"*{name}* [SERVICE]",
        f"`{name}` shows every service in every environment: version, traffic, health, deployer.",
        f"`{name} {services[0] if services else 'api'}` shows one service.",
        f"Services: {escape(', '.join(services))}",
    ]
    return rendered(f"How to use {command}", [section("\n".join(lines))])


def overview(deploy_command: str, status_command: str) -> Rendered:
    """What the bot can do, for somebody who just said hello."""
    lines = [
        "I deploy services, ask for approval where it is needed, and show what runs where.",
        f"*{escape(deploy_command)}* deploys; `{escape(deploy_command)} help` says how.",
        f"*{escape(status_command)}* shows what runs; `{escape(status_command)} help` says how.",
    ]
    return rendered("What Signalbox can do", [section("\n".join(lines))])
