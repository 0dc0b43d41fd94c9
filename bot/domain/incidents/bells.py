"""What the clocks of an incident say. When, is in `clocks`."""

from enum import StrEnum


class Bell(StrEnum):
    """What a clock says."""

    UNCLAIMED = "unclaimed"
    RESPONSE_BREACHED = "response breached"
    RESOLUTION_HALF = "half of the time to resolve is over"
    RESOLUTION_NEAR = "four fifths of the time to resolve are over"
    RESOLUTION_BREACHED = "resolution breached"
    UPDATE_SOON = "update due soon"
    UPDATE_DUE = "update due"
    UPDATE_OVERDUE = "update overdue"
    LADDER_ENDED = "nobody is left to page"
    FIXED_AWHILE = "a while since the fix"
    POST_MORTEM_DUE = "post-mortem due"
