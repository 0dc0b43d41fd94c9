"""Locks, freezes and denied versions: what the person who set or lifted one is told."""

from collections.abc import Sequence

from bot.domain.restrictions import Denial, Freeze, Lock, thaws
from bot.views.blocks import Rendered, sentence
from bot.views.mrkdwn import code, escape, joined, user, when, words

_NOW_GONE = "Deploys that wait for it go on by themselves."


def locked(lock: Lock, command: str) -> Rendered:
    """A target is held."""
    target = code(lock.target)
    let_go = code(f'{command} unlock {lock.target.replace("/", " ")} --reason "…"')
    return sentence(
        f"🔒 {target} is yours until {when(lock.until)}. Every deploy waits for that, also your "
        f"own. To let it go: {let_go}"
    )


def taken(lock: Lock, says: str) -> Rendered:
    """Somebody else holds the target; `says` is the sentence of the rule, which names an id."""
    named = escape(says).replace(escape(lock.owner), user(lock.owner))
    return sentence(f"🔒 {named}")


def unlocked(target: str, removed: Sequence[Lock], left: Sequence[Lock]) -> Rendered:
    """Locks were removed; others may stay."""
    gone = joined([_owner(lock) for lock in removed])
    if left:
        stay = "; ".join(f"{_owner(each)} until {when(each.until)}" for each in left)
        return sentence(f"🔓 Removed from {code(target)}: {gone}. It is still held: {stay}.")
    return sentence(f"🔓 {code(target)} is free: {gone}. {_NOW_GONE}")


def _owner(lock: Lock) -> str:
    held = "the hold after" if lock.by_deploy else "the lock of"
    return f"{held} {user(lock.owner)} ({words(lock.reason, 100)})"


def frozen(freeze: Freeze, command: str) -> Rendered:
    """Deploys were stopped."""
    until = f"until {when(freeze.until)}" if freeze.until else "until somebody thaws it"
    thaw = code(f'{command} thaw {freeze.environment or "--all"} --reason "…"')
    return sentence(
        f"❄️ {_where(freeze.environment)} is frozen {until}. The way back stays open. "
        f"To end it: {thaw}"
    )


def thawed(environment: str | None, ended: Sequence[Freeze], left: Sequence[Freeze]) -> Rendered:
    """Freezes were ended; others may hold."""
    whose = joined([user(each.by) for each in ended])
    what = joined(list(dict.fromkeys(map(_what, ended)))) or _where(environment)
    said = f"☀️ The freeze of {what} by {whose} is over."
    if left:
        others = "; ".join(f"{_what(each)} by {user(each.by)}{_ends(each)}" for each in left)
        return sentence(f"{said} Still frozen: {others}.")
    return sentence(f"{said} {_NOW_GONE}")


def allowed(denials: Sequence[Denial]) -> Rendered:
    """A version may be deployed again."""
    lines = [
        f"✅ {code(f'{each.service} {each.version}')} may be deployed again. It had been denied "
        f"since {code(each.deploy)}: {words(each.reason)}"
        for each in denials
    ]
    return sentence("\n".join(lines) or "✅ It may be deployed again.")


def _what(freeze: Freeze) -> str:
    """What is frozen, and for which incident, if that is why."""
    where = _where(freeze.environment)
    if freeze.service:
        where = f"*{escape(freeze.service)}* in {where}"
    return f"{where} for {code(freeze.incident)}" if freeze.incident else where


def _ends(freeze: Freeze) -> str:
    """What is typed to end what an incident has frozen: it ends with no other."""
    ways = joined([code(way) for way in thaws(freeze)], "or")
    return f" (to end it: {ways})" if ways else ""


def _where(environment: str | None) -> str:
    return f"*{escape(environment)}*" if environment else "everything"
