"""What is done with each thing that falls due, by the kind of its name in the agenda."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from adapters.telemetry import logs, tracing
from bot.composition import UseCases
from bot.domain.incidents.naming import parse_reference
from bot.ports import maintained, reviewed, roomed


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    """Things of one kind: `named` has what an item stands for, or None; `subject` is what that is
    in logs and traces, `span` what is done with it.
    """

    named: Callable[[str], str | None]
    subject: str
    span: str
    handle: Callable[[str], Awaitable[object]]


def ticking(
    use_cases: UseCases, observe: Callable[[str], None]
) -> Callable[[str], Awaitable[None]]:
    """The handler of due things; `observe` hears of every step of a deploy."""
    incidents = use_cases.incidents

    async def roll_out(deploy: str) -> None:
        step = await use_cases.rollouts.tick(deploy)
        if step is not None:
            observe(step.value)

    kinds = (
        _Kind(named=reviewed, subject="deploy", span="review", handle=use_cases.reviews.tick),
        _Kind(named=roomed, subject="incident", span="room", handle=incidents.rooming.tick),
        _Kind(
            named=maintained,
            subject="maintenance",
            span="maintenance",
            handle=use_cases.maintenance.tick,
        ),
        _Kind(
            named=parse_reference,
            subject="incident",
            span="clocks",
            handle=incidents.ringing.tick,
        ),
        # Every other name is that of a deploy.
        _Kind(named=str, subject="deploy", span="tick", handle=roll_out),
    )

    async def tick(item: str) -> None:
        for kind in kinds:
            name = kind.named(item)
            if name is None:
                continue
            about = {kind.subject: name}
            with logs.bind(**about), tracing.span(kind.span, **about):
                await kind.handle(name)
            return

    return tick
