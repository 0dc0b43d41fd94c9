"""Answers about what was done are whole sentences in every language, with nothing left open."""

import incident_samples as made
import pytest
from samples import NOW, SAM
from screens import accepted, harmless, screen

from bot.domain.incident_policy import Role
from bot.domain.incidents.incident import Moment
from bot.domain.incidents.states import State
from bot.views.incidents.told import told
from bot.views.languages.deeds import Deed
from bot.views.languages.saying import LANGUAGES


@pytest.mark.parametrize("language", sorted(LANGUAGES))
@pytest.mark.parametrize("deed", list(Deed))
@pytest.mark.parametrize("state", [State.TRIAGE, State.RESOLVED])
def test_every_deed_is_told(deed: Deed, state: State, language: str) -> None:
    incident = made.incident(state)
    values = {"who": SAM, "what": "<!channel> & more", "length": "3 s"}
    moments = {"role": Role.COMMS, "moment": Moment.OCCURRED, "at": NOW}
    said = told(incident, deed, SAM, language, **values, **moments)
    shown = screen(harmless(accepted(said)))
    assert incident.ref in shown
    assert "{" not in shown
