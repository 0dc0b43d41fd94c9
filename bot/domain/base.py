"""What every stored or received value has in common."""

from pydantic import BaseModel, ConfigDict


class Model(BaseModel):
    """A frozen value that refuses fields it does not know.

    A document written by a newer release is therefore refused rather than silently cut down; fields
    are added with a default, so that an older document stays readable. What was refused is not
    quoted in the error, because it may be what somebody wrote.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)
