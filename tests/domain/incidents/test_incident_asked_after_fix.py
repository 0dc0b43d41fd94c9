"""A while after a fix it is asked whether it is resolved; nothing is claimed that is not known."""

from datetime import timedelta

import incident_samples as samples
import pytest
from incident_samples import MINUTE
from samples import NOW, SAM

from bot.domain.audit import ENGINE
from bot.domain.incidents.clocks import rings
from bot.domain.incidents.events import Bell, Moved
from bot.domain.incidents.messages import IncidentSaid
from bot.domain.incidents.remarks import remark
from bot.domain.incidents.states import State
from bot.domain.incidents.transition import advance
from bot.views.languages.phrases import Phrase
from bot.views.languages.saying import LANGUAGES, say

POLICY = samples.incident_policy(bake=timedelta(minutes=7))


def test_the_question_names_when_it_was_said_to_be_mitigated() -> None:
    landed = NOW + 20 * MINUTE
    watched = advance(samples.incident(), Moved(to=State.MONITORING), SAM, landed, POLICY)
    found = rings(watched, landed + 7 * MINUTE, POLICY)
    (bell,) = [each for each in found if each.bell is Bell.FIXED_AWHILE]
    asked = advance(watched, bell, ENGINE, landed + 7 * MINUTE, POLICY)
    said = remark(watched, asked, bell)
    assert said is not None
    assert (said.said, said.detail) == (IncidentSaid.SUGGEST_RESOLVE, landed.isoformat())


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_no_word_says_that_it_was_quiet(language: str) -> None:
    for phrase in (Phrase.NOTE_SUGGEST_RESOLVE, Phrase.BELL_FIXED_AWHILE):
        assert "quiet" not in say(language, phrase)
        assert "平穩" not in say(language, phrase)
