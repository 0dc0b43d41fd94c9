"""How verbs and their flags are written down in the table."""

from bot.views.verbs import Flag, Verb


def text_flag(name: str, says: str) -> Flag:
    """A flag that takes a text."""
    return Flag(name=name, value="TEXT", says=says, example=f'--{name} "…"', free=True)


def value_flag(name: str, value: str, says: str, example: str) -> Flag:
    """A flag that takes one word, such as `example`."""
    return Flag(name=name, value=value, says=says, example=f"--{name} {example}")


def choice_flag(name: str, value: str, says: str, choices: tuple[str, ...]) -> Flag:
    """A flag that takes one of a few words."""
    return Flag(
        name=name, value=value, says=says, example=f"--{name} {choices[0]}", choices=choices
    )


def verb(name: str, usage: str, says: str, *examples: str, flags: tuple[Flag, ...] = ()) -> Verb:
    """A verb, with what is typed after the command for example."""
    return Verb(name=name, usage=usage, says=says, examples=examples, flags=flags)
