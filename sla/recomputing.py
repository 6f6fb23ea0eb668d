"""A recorded decision against today's law: what it would decide now, given what it was given then, and what differs. Pure.

What the store said to a decision (`found`, `fulfilled`, `unheard`) was knowledge and no law, so it is taken as given. Not
compared are texts for people's eyes only (the answer to news, a timer's label) and how long an action is tried, which is a
setting.
"""

from collections.abc import Iterator, Mapping

from sla.dispatch import as_of, dispatch, knowing, without_future
from sla.engine import evaluate_under
from sla.evaluation.admission import origins_of
from sla.evaluation.following import Laws
from sla.messages import CaseView, DecideInput, Decision, MilestoneView, World
from sla.timeline import numbered
from sla.viewing import clock

NOTHING = "nothing"
Facts = dict[str, str]
"""What a decision came to: a name for people, and what they would say of it."""


def recompute(asked: DecideInput, recorded: Decision, laws: Laws, worlds: Mapping[str, World]) -> Decision:
    """What is decided today. `laws` are those of the day, by whose versions the log may have moved (see `decide`)."""
    asked, future = without_future(asked)
    asked = knowing(asked, recorded.found)
    timeline = evaluate_under(laws, asked.log, as_of(asked.log, asked.now))
    origins = origins_of(laws, asked.log)
    today = dispatch(asked, laws.first.process, timeline, worlds, says=False, origins=origins)
    said = {name: getattr(recorded, name) for name in ("found", "fulfilled", "unheard")}
    return today.model_copy(update={"refused": [*future, *today.refused], **said})


def differences(asked: DecideInput, recorded: Decision, today: Decision) -> Iterator[str]:
    """A sentence for each fact that is another one today, such as `First Response: overdue → met`; none if all is same."""
    was, now = facts(asked, recorded), facts(asked, today)
    for name in dict.fromkeys([*was, *now]):
        if was.get(name) != now.get(name):
            yield f"{name}: {was.get(name, NOTHING)} → {now.get(name, NOTHING)}"


def facts(asked: DecideInput, decided: Decision) -> Facts:
    """What a decision came to, by the names of what it is about."""
    view = asked.shown if decided.view is None else decided.view.of(asked.shown)
    accepted = {f"event '{event.id}'": "accepted" for event in asked.log[len(asked.log) - asked.news :]}
    return {
        **({} if view is None else dict(_seen(view))),
        **accepted,
        **{f"event '{one.event}'": f"refused, {one.reason}" for one in decided.refused},
        **{task.key: f"started ({task.kind}), due {clock(task.due_at)}" for task in decided.start},
        **{one.key: f"{one.outcome.replace('_', ' ')}, {one.reason}" for one in decided.drop},
        "next wake-up": clock(decided.next_wakeup),
        "the case": "ends" if decided.finished else "goes on",
    }


def _seen(view: CaseView) -> Iterator[tuple[str, str]]:
    yield "the record", view.status.replace("_", " ")
    for one in view.milestones:
        name = numbered(one.milestone, one.occurrence)
        yield name, _words(one)
        yield f"{name}'s target", clock(one.target_at)
    yield "next deadline", clock(view.next_deadline)
    yield "account", view.account or "none"
    yield "held by", {"person": "a person", "queue": "a queue"}.get(view.owner_kind, "nobody")
    if view.followed is not None:
        yield "follows", f"version {view.followed.version} of '{view.followed.process}'"


def _words(one: MilestoneView) -> str:
    status = one.status.replace("_", " ")
    return f"{status}, violated" if one.violated and one.status not in ("overdue", "missed", "met_late") else status
