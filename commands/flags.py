"""The words after a verb, sorted into what it is about and its flags."""

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.domain.errors import UsageError
from bot.views.verbs import Flag, Verb
from commands.words import Word

# As long as the forms take a text.
LONGEST_TEXT = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What somebody typed after a command, for one verb. `flags` has the value of each by name."""

    command: str
    verb: Verb
    words: tuple[Word, ...]
    flags: Mapping[str, Word]

    @property
    def usage(self) -> str:
        """What to type, as a hint."""
        return f"Type {self.command} {self.verb.typed}"

    def has(self, name: str) -> bool:
        """Whether a flag was typed."""
        return name in self.flags

    def value(self, name: str) -> str:
        """The text of a flag; "" when it was not typed."""
        word = self.flags.get(name)
        return word.text if word else ""

    def at_most(self, count: int) -> None:
        """Raise `UsageError` naming the first word that is one too many."""
        if len(self.words) > count:
            extra = self.words[count]
            raise UsageError(f"“{extra.text}” {at(extra)} is one word too many.", hint=self.usage)


def at(word: Word) -> str:
    """Where a word stands in what was typed, for people."""
    return f"(character {word.column})"


def nearest(given: str, known: Iterable[str]) -> str:
    """The question whether another word was meant; "" when none is near."""
    near = difflib.get_close_matches(given.lower(), tuple(known), n=1, cutoff=0.6)
    return f"Did you mean {near[0]}?" if near else ""


def sort(words: Sequence[Word], command: str, verb: Verb, verbs: Iterable[Verb] = ()) -> Asked:
    """Sort the words that follow a verb; `verbs` are the other ones of the command.

    Raises `UsageError` for a flag that is unknown, belongs to another verb, is there twice or has a
    wrong value, and for a flag that is needed and missing.
    """
    left = list(words)
    about: list[Word] = []
    flags: dict[str, Word] = {}
    while left:
        word = left.pop(0)
        if not word.flag:
            about.append(word)
            continue
        known = verb.flag(word.text)
        if known is None:
            raise _not_a_flag(word, command, verb, verbs)
        if word.text in flags:
            raise UsageError(
                f"--{word.text} is there twice, again {at(word)}.", hint="Say it once."
            )
        flags[word.text] = _valued(word, known, left)
    asked = Asked(command=command, verb=verb, words=tuple(about), flags=flags)
    for flag in verb.flags:
        if flag.needed and flag.name not in flags:
            raise UsageError(
                f"“{verb.name}” needs a {flag.name}.", hint=f"Add {flag.example} at the end."
            )
    return asked


def _valued(word: Word, flag: Flag, left: list[Word]) -> Word:
    """Take the value of a flag from what is left; a flag without one stands for itself."""
    follows = left[0] if left and not left[0].flag else None
    if not flag.value:
        if follows is not None and follows.glued:
            raise UsageError(
                f"--{flag.name} {at(word)} takes no value.", hint=f"Type --{flag.name} alone."
            )
        return word
    if follows is None or not follows.text:
        raise UsageError(
            f"--{flag.name} {at(word)} needs a value.", hint=f"For example: {flag.example}"
        )
    value = left.pop(0)
    if flag.free:
        value = value if value.quoted or value.glued else _until_flag(value, left)
        if len(value.text) > LONGEST_TEXT:
            says = f"--{flag.name} {at(word)} has {len(value.text)} characters."
            raise UsageError(says, hint=f"There is room for {LONGEST_TEXT}.")
    if flag.choices and value.text.lower() not in flag.choices:
        guess = nearest(value.text, flag.choices)
        raise UsageError(
            f"“{value.text}” {at(value)} is not a value of --{flag.name}.",
            hint=guess or f"There are: {', '.join(flag.choices)}.",
        )
    return value


def _until_flag(first: Word, left: list[Word]) -> Word:
    """A text without quotes goes on until the next flag."""
    texts = [first.text]
    while left and not left[0].flag:
        texts.append(left.pop(0).text)
    return Word(text=" ".join(texts), column=first.column)


def _not_a_flag(word: Word, command: str, verb: Verb, verbs: Iterable[Verb]) -> UsageError:
    what = f"“{verb.name}”" if verb.name else command
    here = ", ".join(f"--{flag.name}" for flag in verb.flags)
    owners = [other.name or command for other in verbs if other.flag(word.text)]
    if owners:
        return UsageError(
            f"--{word.text} {at(word)} does not belong to {what}, but to {', '.join(owners)}.",
            hint=f"Here there are: {here}." if here else f"{what} has no flags.",
        )
    guess = nearest(word.text, (flag.name for flag in verb.flags))
    return UsageError(
        f"There is no flag --{word.text} {at(word)}.",
        hint=guess.replace("mean ", "mean --")
        or (f"Here there are: {here}." if here else f"{what} has no flags."),
    )
