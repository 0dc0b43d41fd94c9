"""The words after a verb, sorted into what it is about and its flags."""

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.domain.errors import UsageError
from bot.domain.worded import Worded, worded
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
    def usage(self) -> Worded:
        """What to type, as a hint."""
        return worded("Type {command} {typed}", command=self.command, typed=self.verb.typed)

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
            raise UsageError(
                "“{word}” {place} is one word too many.",
                hint=self.usage,
                word=extra.text,
                place=at(extra),
            )


def at(word: Word) -> Worded:
    """Where a word stands in what was typed, for people."""
    return worded("(character {column})", column=word.column)


def nearest(given: str, known: Iterable[str]) -> Worded:
    """The question whether another word was meant; nothing when none is near."""
    near = difflib.get_close_matches(given.lower(), tuple(known), n=1, cutoff=0.6)
    return worded("Did you mean {options}?", options=near[0]) if near else Worded("")


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
                "--{flag} is there twice, again {place}.",
                hint="Say it once.",
                flag=word.text,
                place=at(word),
            )
        flags[word.text] = _valued(word, known, left)
    asked = Asked(command=command, verb=verb, words=tuple(about), flags=flags)
    for flag in verb.flags:
        if flag.needed and flag.name not in flags:
            raise UsageError(
                "“{verb}” needs a {flag}.",
                hint="Add {example} at the end.",
                verb=verb.name,
                flag=flag.name,
                example=flag.example,
            )
    return asked


def _valued(word: Word, flag: Flag, left: list[Word]) -> Word:
    """Take the value of a flag from what is left; a flag without one stands for itself."""
    follows = left[0] if left and not left[0].flag else None
    if not flag.value:
        if follows is not None and follows.glued:
            raise UsageError(
                "--{flag} {place} takes no value.",
                hint="Type --{flag} alone.",
                flag=flag.name,
                place=at(word),
            )
        return word
    if follows is None or not follows.text:
        raise UsageError(
            "--{flag} {place} needs a value.",
            hint="For example: {example}",
            flag=flag.name,
            place=at(word),
            example=flag.example,
        )
    value = left.pop(0)
    if flag.free:
        value = value if value.quoted or value.glued else _until_flag(value, left)
        if len(value.text) > LONGEST_TEXT:
            raise UsageError(
                "--{flag} {place} has {count} characters.",
                hint="There is room for {most}.",
                flag=flag.name,
                place=at(word),
                count=len(value.text),
                most=LONGEST_TEXT,
            )
    if flag.choices and value.text.lower() not in flag.choices:
        guess = nearest(value.text, flag.choices)
        raise UsageError(
            "“{word}” {place} is not a value of --{flag}.",
            hint=guess or worded("There are: {options}.", options=flag.choices),
            word=value.text,
            place=at(value),
            flag=flag.name,
        )
    return value


def _until_flag(first: Word, left: list[Word]) -> Word:
    """A text without quotes goes on until the next flag."""
    texts = [first.text]
    while left and not left[0].flag:
        texts.append(left.pop(0).text)
    return Word(text=" ".join(texts), column=first.column)


def _not_a_flag(word: Word, command: str, verb: Verb, verbs: Iterable[Verb]) -> UsageError:
    what = worded("“{verb}”", verb=verb.name) if verb.name else command
    here = tuple(f"--{flag.name}" for flag in verb.flags)
    known = worded("Here there are: {options}.", options=here)
    hint = known if here else worded("{what} has no flags.", what=what)
    owners = tuple(other.name or command for other in verbs if other.flag(word.text))
    if owners:
        return UsageError(
            "--{flag} {place} does not belong to {what}, but to {owners}.",
            hint=hint,
            flag=word.text,
            place=at(word),
            what=what,
            owners=owners,
        )
    near = difflib.get_close_matches(word.text, [flag.name for flag in verb.flags], n=1)
    return UsageError(
        "There is no flag --{flag} {place}.",
        hint=worded("Did you mean {options}?", options=f"--{near[0]}") if near else hint,
        flag=word.text,
        place=at(word),
    )
