"""Everything Milepost refuses, one class for each reason.

An error carries a stable `code`, its facts as fields, and a sentence that says what is wrong, where, and what to do.
How a door answers it (HTTP status, exit code) is one row in `starter/answers.py`; a test insists on exactly one row each.
Inside pydantic validators the rule is a plain `ValueError`; `sla.documents` turns it into `InvalidDefinition`.
"""

from functools import partial
from typing import Any, ClassVar


class MilepostError(Exception):
    """A refusal with a code, facts and a remedy. `text` is a format string over the facts."""

    code: ClassVar[str]
    text: ClassVar[str]

    def __init__(self, **facts: Any) -> None:
        self.facts: dict[str, Any] = facts
        super().__init__(self.text.format(**facts))

    def __reduce__(self) -> tuple[partial["MilepostError"], tuple[()]]:
        """From one process to another it goes as its facts: by its text alone nobody could make it again."""
        return partial(type(self), **self.facts), ()


class UnreadableFile(MilepostError):
    """A file cannot be opened or is not UTF-8 text."""

    code = "unreadable_file"
    text = "{source}: cannot be read ({problem}). Check the path and that the file is UTF-8 text."


class MalformedDocument(MilepostError):
    """A text is not the YAML, JSON or CSV that it claims to be."""

    code = "malformed_document"
    text = "{source}:{line}: {problem}"


class InvalidDefinition(MilepostError):
    """A definition parses but does not hold together; `path` is the offending field."""

    code = "invalid_definition"
    text = "{source}:{line}: {path}: {problem}"


class LimitExceeded(MilepostError):
    """More processes, milestones, triggers or actions than the installation allows (SPEC 3)."""

    code = "limit_exceeded"
    text = "{where} has {count} {what}; the limit is {limit}. {remedy}"


class UnknownCalendar(MilepostError):
    """Business hours are named that nobody has published."""

    code = "unknown_calendar"
    text = "{where} names the business hours '{calendar}', which are not known. Known: {known}. Apply that calendar first."


class UnknownTemplate(MilepostError):
    """An e-mail names a template that does not exist."""

    code = "unknown_template"
    text = "{where} names the template '{template}', which does not exist. Known: {known}."


class UnknownPerson(MilepostError):
    """A person, role or queue is named that the directory does not hold."""

    code = "unknown_person"
    text = "{where} names {what} '{name}', which the directory does not hold. Apply the people file that defines it first."


class UnknownAction(MilepostError):
    """An action kind that the catalogue does not hold."""

    code = "unknown_action"
    text = "{where}: there is no action '{kind}'. Known: {known}."


class InvalidAction(MilepostError):
    """An action's parameters do not fit its kind."""

    code = "invalid_action"
    text = "{where}: {problem}"


class NoOpenTime(MilepostError):
    """A calendar has not enough open time within ten years of the start (SPEC 1)."""

    code = "no_open_time"
    text = "Business hours '{calendar}' have no answer within 10 years of {start}. Check their hours and holidays."


class NaiveInstant(MilepostError):
    """A date-time without a zone was given where an instant is needed."""

    code = "naive_instant"
    text = "{where}: '{value}' has no time zone. Write it with one, as in 2026-03-02T14:30:00Z."


class UnreadableEvent(MilepostError):
    """A line or message is not an event."""

    code = "unreadable_event"
    text = "{where}: {problem}"


class RefusedEvent(MilepostError):
    """An event that reads well but may not happen to this record; nothing changes (SPEC 2)."""

    code = "refused_event"
    text = "Event '{event}' on record '{record}' is refused: {reason}"


class UnknownRecord(MilepostError):
    """No record of that id."""

    code = "unknown_record"
    text = "There is no record '{record}'. Open it first: milepost case open --id {record} …"


class UnknownProcess(MilepostError):
    """No process of that name, or no active version of it."""

    code = "unknown_process"
    text = "There is no active process '{process}'. Known: {known}. Apply its file first: milepost apply FILE"


class ProcessNotNamed(MilepostError):
    """Several processes are active, and none was named."""

    code = "process_not_named"
    text = "Several processes are active: {known}. Name one of them with --process."


class UnknownEffect(MilepostError):
    """No action of that key on that record."""

    code = "unknown_effect"
    text = "Record '{record}' has no action '{key}' that can be retried. See: milepost case show {record}"


class ServiceUnavailable(MilepostError):
    """A server that we need does not answer."""

    code = "service_unavailable"
    text = "{service} at {address} does not answer ({problem}). {remedy}"


class DatabaseContended(ServiceUnavailable):
    """Several changed the same at the same time, and the database let the others go first: nothing of this one counts."""

    code = "database_contended"
    text = "{service} at {address} could not do this beside what others did at the same time ({problem}). {remedy}"


class UnknownNamespace(MilepostError):
    """The Temporal server has not the namespace that we were told to use."""

    code = "unknown_namespace"
    text = (
        "The Temporal server has no namespace '{namespace}'. Set TEMPORAL_NAMESPACE, or create it with: "
        "temporal operator namespace create --namespace {namespace} --retention 30d"
    )


class WorkerFailed(MilepostError):
    """A worker ended by itself, which none should; what supervises the process has to start it again."""

    code = "worker_failed"
    text = "The worker could not go on: {problem}. What is wrong is told by: milepost doctor"


class UnknownBuild(MilepostError):
    """No worker of this version has been seen."""

    code = "unknown_build"
    text = "No worker of version '{build}' has been seen (known: {known}). Start one with MILEPOST_BUILD_ID={build} first."


class IncompleteBuild(MilepostError):
    """The workers of a version do not serve all task queues that those of the current one do."""

    code = "incomplete_build"
    text = "Version '{build}' cannot become current ({problem}). Start workers of it for every task queue, and try again."


class BatchUnderWay(MilepostError):
    """Temporal allows one batch operation at a time in a namespace."""

    code = "batch_under_way"
    text = "Another batch operation is under way in the namespace ({problem}). Wait for it: temporal batch list"


class PortInUse(MilepostError):
    """A port that we were told to listen on is taken."""

    code = "port_in_use"
    text = "Port {port} ({purpose}) is in use. Stop what listens there, or choose another with {setting}."


class InvalidSetting(MilepostError):
    """A setting of the environment does not make sense."""

    code = "invalid_setting"
    text = "Setting {setting}: {problem}"


class UnreadablePayload(MilepostError):
    """What Temporal keeps cannot be decrypted here: a key is missing, or it was altered."""

    code = "unreadable_payload"
    text = "A payload that Temporal keeps cannot be read: {problem}. {remedy}"


class SchemaBehind(MilepostError):
    """The database has not the tables that this version needs."""

    code = "schema_behind"
    text = "The database at {address} is at schema '{found}', this Milepost needs '{needed}'. Run: milepost store upgrade"


class MailNotFound(MilepostError):
    """The mail catcher holds no such message."""

    code = "mail_not_found"
    text = "The mail catcher holds no message '{mail}'. See: milepost mail list"
