"""Looking at a revision that has traffic: what the cloud shows and measured, how it answers."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.bake import judge_bake, read_probe
from bot.domain.catalog import Target
from bot.domain.deploy import Deploy
from bot.domain.events import Event
from bot.domain.evidence import Comparisons, Reading, Sample, read_gates, windows_due
from bot.domain.observation import Observation
from bot.domain.policy import Analysis
from bot.ports import Clock, DeployTargets, Metrics, Prober


@dataclass(frozen=True, slots=True, kw_only=True)
class Watching:
    """Gathers fresh evidence and lets the domain decide about it."""

    clock: Clock
    targets: DeployTargets
    metrics: Metrics
    prober: Prober

    async def look(self, deploy: Deploy, target: Target) -> Event:
        """One look, judged as of the moment at which it began: what was read since is no older.

        A look that takes long must not end a bake with evidence from before its end. Raises
        `CloudUnavailable` when the cloud or its metrics cannot be read.
        """
        now = self.clock.now()
        seen = await self.targets.open(target).observe()
        readings = await self._readings(deploy, target, seen, now)
        return judge_bake(deploy, seen, readings, now)

    async def _readings(
        self, deploy: Deploy, target: Target, seen: Observation, now: datetime
    ) -> tuple[Reading, ...]:
        strategy = deploy.agreed.strategy
        readings: tuple[Reading, ...] = ()
        if strategy.analysis is not None:
            readings = await self._gates(deploy, target, strategy.analysis, seen, now)
        address = deploy.preview or seen.address
        if strategy.smoke is not None and address:
            probe = await self.prober.probe(address, strategy.smoke)
            readings = (*readings, read_probe(probe, now))
        return readings

    async def _gates(
        self,
        deploy: Deploy,
        target: Target,
        analysis: Analysis,
        seen: Observation,
        now: datetime,
    ) -> tuple[Reading, ...]:
        """Every gate over its newest whole window since the traffic was shifted."""
        candidate = deploy.revision or ""
        stable = [name for name in seen.serving if name != candidate]
        measured = {}
        for length, window in windows_due(analysis, deploy.shifted or now, now).items():
            beside = await self.metrics.measure(target, stable, window) if stable else Sample()
            measured[length] = Comparisons(
                candidate=await self.metrics.measure(target, [candidate], window), stable=beside
            )
        return read_gates(analysis, measured, now, comparable=bool(stable))
