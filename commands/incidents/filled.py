"""What was filled into a form about an incident, and what is wrong with it."""

from collections.abc import Mapping
from datetime import UTC, datetime

from bot.domain.errors import UsageError
from bot.domain.incidents.declaring import clean_text, clean_title
from bot.domain.incidents.events import Described
from bot.domain.worded import Worded, worded
from bot.views.errors import refusal
from bot.views.incidents.forms.mending import mended
from bot.views.incidents.forms.untouched import touched
from bot.views.incidents.names import IncidentField
from bot.views.languages.saying import reworded
from commands.incoming import Submission
from commands.replies import FieldErrors

# The last moment that has a name, in seconds: the end of the year 9998.
_LAST = 253_370_764_799
# Seconds since the epoch have ten digits until the year 2286; forged numbers can have thousands.
_DIGITS = 12


def text_of(submission: Submission, field: IncidentField) -> str:
    """What was typed into a field, or chosen."""
    return submission.values.get(field.value, "").strip()


def changed(submission: Submission, field: IncidentField, marked: str) -> str | None:
    """What a field says now; None when nobody touched it since the form opened, with its `marked`
    values.
    """
    said = text_of(submission, field)
    return said if touched(marked, field.value, said) else None


def unchanged(
    submission: Submission, field: IncidentField, marked: str, language: str
) -> FieldErrors | None:
    """The error for the one field that a form is about, when nobody touched it; else None."""
    if changed(submission, field, marked) is not None:
        return None
    was = text_of(submission, field)
    says = worded("It was {value} when this form opened. Choose another.", value=was)
    return FieldErrors(errors={field.value: reworded(language, says)})


def described(submission: Submission, marked: str) -> Described:
    """What an incident is about, as far as somebody changed it; an empty service or environment is
    not known any more.
    """
    return Described(
        title=changed(submission, IncidentField.TITLE, marked),
        summary=changed(submission, IncidentField.SUMMARY, marked),
        impact=changed(submission, IncidentField.IMPACT, marked),
        service=changed(submission, IncidentField.SERVICE, marked),
        environment=changed(submission, IncidentField.ENVIRONMENT, marked),
    )


def moment_of(submission: Submission, field: IncidentField) -> datetime | None:
    """The moment that was chosen; None when there is none."""
    chosen = text_of(submission, field)
    if not whole(chosen) or int(chosen) > _LAST:
        return None
    return datetime.fromtimestamp(int(chosen), UTC)


def wrong(
    submission: Submission, field: IncidentField, error: UsageError, language: str
) -> FieldErrors:
    """What is wrong with a form, below the field that mends it; it stays open with everything in
    it. `field` is that of an error that is about none by itself.
    """
    below, says = mended(error, field, language)
    known = submission.values
    shown = next((each for each in (below, field) if each.value in known), None)
    return FieldErrors(errors={shown or next(iter(known), field.value): says})


def missing(
    submission: Submission, needed: Mapping[IncidentField, Worded], language: str
) -> FieldErrors | None:
    """The error for needed fields that are empty, each with what to write; None when none is."""
    empty = {
        field.value: reworded(language, says)
        for field, says in needed.items()
        if not text_of(submission, field)
    }
    return FieldErrors(errors=empty) if empty else None


def text_problems(
    submission: Submission, language: str, *fields: IncidentField
) -> FieldErrors | None:
    """What is wrong with the title and other texts, below each; None when nothing is."""
    errors: dict[str, str] = {}
    for field in fields:
        try:
            if field is IncidentField.TITLE:
                clean_title(text_of(submission, field))
            else:
                clean_text(field.value, text_of(submission, field))
        except UsageError as error:
            errors[field.value] = refusal(error, language)
    return FieldErrors(errors=errors) if errors else None


def together(*found: FieldErrors | None) -> FieldErrors | None:
    """Everything that is wrong with a form, at once."""
    errors = {field: says for each in found if each for field, says in each.errors.items()}
    return FieldErrors(errors=errors) if errors else None


def whole(text: str) -> bool:
    """Whether a text is a number without a sign, of a reasonable length."""
    return text.isascii() and text.isdigit() and len(text) <= _DIGITS
