"""What somebody is answered about what they just did."""

from enum import StrEnum


class Deed(StrEnum):
    """A sentence with `{placeholders}` about something that was done, for whoever did it."""

    DECLARED_PRIVATE = "deed.declared_private"
    DECLARED_DRILL = "deed.declared_drill"
