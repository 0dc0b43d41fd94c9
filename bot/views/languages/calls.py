"""What is said of those who are called, and of how they came."""

from enum import StrEnum


class Call(StrEnum):
    """A sentence, or a part of one, with `{placeholders}`."""

    OFFER_GONE = "call.offer_gone"
    OUTLIVED = "call.outlived"
    PASSED = "call.passed"
    PRESENT = "call.present"
    INVITED = "call.invited"
    BROUGHT_IN = "call.brought_in"
    PERSON = "call.person"
    PERSON_ANSWERED = "call.person_answered"
    TOO = "call.too"
    NOTE_TOO = "call.note_too"
    UNANSWERED = "call.unanswered"
    UNRESOLVED = "call.unresolved"
    BESIDE = "call.beside"
    APART = "call.apart"
    ASKED = "call.asked"
