"""The actions of a case in words: what each does and to whom, and how it went."""

import re
from datetime import datetime, tzinfo

from sla.timeline import Effect
from starter.cli.render_timelines import summary_of
from starter.cli.words import when
from starter.views import EffectView

_WHAT = ("template", "subject", "url", "set")
"""Of the parameters, those that say what is done; the first that an action has is named."""
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z")


def deed(effect: Effect) -> str:
    """What an action does, and to whom: `email violation to account_manager + role:support_manager`."""
    params = {name: value for name, value in effect.params.items() if name != "to"}
    named = [name for name in _WHAT if name in params][:1]
    what = summary_of({name: params[name] for name in named}).removeprefix(f"{named[0]} ") if named else summary_of(params)
    to = summary_of({"to": effect.params["to"]}) if "to" in effect.params else ""
    return " ".join(part for part in (effect.action, what, to) if part)


def outcome_of(view: EffectView, zone: tzinfo, *, beside: datetime | None = None) -> tuple[str, str]:
    """How an action went: a status, and what there is to add to it.

    The ledger's word goes before the timeline's. The date of `beside`, which the reader sees too, is not said again.
    """
    effect, word = view.effect, view.outcome or view.effect.status
    why = _local(view.reason or "", zone)
    later = f", retracted{_because(_local(effect.reason or '', zone))}" if effect.status == "retracted" else ""
    if view.outcome == "performed" and view.performed_at is not None:
        return word, f" at {_shortly(view.performed_at, beside, zone)}{later}"
    if view.outcome == "gave_up":
        after = f" after {_attempts(view.attempts)}" if view.attempts else ""
        return word, f"{after}{_because(why or view.problem or '')}{later}"
    if view.outcome is not None:
        return word, f"{_because(why)}{later}"
    if effect.status == "due" and view.attempts:
        return "under_way", f": {_attempts(view.attempts)}{f'; {view.problem}' if view.problem else ''}"
    return word, _because(_local(effect.reason or "", zone))


def _because(why: str) -> str:
    return f": {why}" if why else ""


def _attempts(count: int) -> str:
    return "1 attempt" if count == 1 else f"{count} attempts"


def _local(text: str, zone: tzinfo) -> str:
    """A reason, with the instants in it as people read them."""
    return _INSTANT.sub(lambda found: when(datetime.fromisoformat(found[0]), zone), text)


def _shortly(at: datetime, beside: datetime | None, zone: tzinfo) -> str:
    text = when(at, zone)
    same_day = beside is not None and beside.astimezone(zone).date() == at.astimezone(zone).date()
    return text.rpartition(" ")[2] if same_day else text
