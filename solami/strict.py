"""The pydantic base of every configuration: unknown keys are errors and values are frozen."""

from pydantic import BaseModel, ConfigDict


class Strict(BaseModel):
    """A configuration block: frozen, and a key it does not know is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)
