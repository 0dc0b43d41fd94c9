"""The lane of a target: deploys pass one at a time, in the order in which they were cleared."""

from bot.domain.base import Model


class Lane(Model):
    """Who is on a target and who waits. `turn` is the highest fence turn ever given out for it."""

    target: str
    turn: int = 0
    queue: tuple[str, ...] = ()

    @property
    def head(self) -> str | None:
        """The deploy whose turn it is."""
        return self.queue[0] if self.queue else None

    def ahead_of(self, deploy: str) -> tuple[str, ...]:
        """The deploys that go first; empty when it is this deploy's turn."""
        return self.queue[: self.queue.index(deploy)] if deploy in self.queue else self.queue

    def enter(self, deploy: str) -> "Lane":
        """Line up at the end; a deploy that is in the lane already keeps its place."""
        if deploy in self.queue:
            return self
        return self.model_copy(update={"queue": (*self.queue, deploy)})

    def enter_before(self, deploy: str, others: frozenset[str]) -> "Lane":
        """Line up before those others, behind everybody else; in the lane already, it stays."""
        if deploy in self.queue:
            return self
        places = [place for place, each in enumerate(self.queue) if each in others]
        place = places[0] if places else len(self.queue)
        return self.model_copy(update={"queue": (*self.queue[:place], deploy, *self.queue[place:])})

    def leave(self, deploy: str) -> "Lane":
        """Leave the lane, from whatever place."""
        return self.model_copy(update={"queue": tuple(d for d in self.queue if d != deploy)})

    def take_turn(self, seen: int) -> "Lane":
        """Give out the next turn: above every turn known here or seen in the cloud."""
        return self.model_copy(update={"turn": max(self.turn, seen) + 1})
