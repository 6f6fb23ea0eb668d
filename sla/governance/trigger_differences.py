"""What is different between the warnings, violations and other actions of two lines of a process. Pure."""

from collections.abc import Iterator, Sequence
from fractions import Fraction

from sla.governance.difference import Difference, plain, said, same, told
from sla.governance.pairing import pair
from sla.process.model import Action, Milestone, Violation, Warn

Trigger = Warn | Violation


def between_triggers(before: Milestone, after: Milestone, name: str, path: str) -> Iterator[Difference]:
    """All that is different; `name` is what sentences call the line, `path` is that of the later one."""
    yield from _lists(before.warnings, after.warnings, name, f"{path}warnings", before.milestone)
    yield from _lists(before.violations, after.violations, name, f"{path}violations", before.milestone)
    for field, label in (("success", "success"), ("on_retracted", "retraction")):
        old, new = getattr(before, field), getattr(after, field)
        yield from _actions(old, new, f"{name}'s actions on {label}", path + field, before.milestone)


def _lists(
    before: Sequence[Trigger], after: Sequence[Trigger], name: str, path: str, milestone: str
) -> Iterator[Difference]:
    found = pair(before, after, _at_the_same_time, _does_the_same)
    for one, two in found.pairs:
        old, new = before[one], after[two]
        where = f"{path}[{two}]"
        if not _at_the_same_time(old, new):
            sentence = f"{name}'s {_label(old)} became the {_label(new)}"
            yield Difference(
                what="moved", milestone=milestone, field=where, before=plain(old), after=plain(new), sentence=sentence
            )
        yield from _actions(old.actions, new.actions, f"{name}'s {_label(new)}", f"{where}.actions", milestone)
    for one in found.removed:
        sentence = f"{name}'s {_label(before[one])} removed"
        yield Difference(
            what="removed", milestone=milestone, field=f"{path}[{one}]", before=plain(before[one]), sentence=sentence
        )
    for two in found.added:
        sentence = f"{name}'s {_label(after[two])} added"
        yield Difference(
            what="added", milestone=milestone, field=f"{path}[{two}]", after=plain(after[two]), sentence=sentence
        )
    if not found.in_order:
        sentence = f"{name}'s {path.rpartition('.')[2]} stand in another order"
        old_order, new_order = [_label(one) for one in before], [_label(one) for one in after]
        yield Difference(
            what="reordered", milestone=milestone, field=path, before=old_order, after=new_order, sentence=sentence
        )


def _at_the_same_time(one: Trigger, two: Trigger) -> bool:
    if isinstance(one, Warn) and isinstance(two, Warn):
        if one.at is not None and two.at is not None:
            return _share(one.at) == _share(two.at)
        return one.at is None and two.at is None and one.before == two.before
    return isinstance(one, Violation) and isinstance(two, Violation) and one.after == two.after


def _does_the_same(one: Trigger, two: Trigger) -> bool:
    """Whether only the time is another: of what does nothing that cannot be said."""
    alike = [_equal(old, new) for old, new in zip(one.actions, two.actions, strict=False)]
    return len(one.actions) == len(two.actions) > 0 and all(alike)


def _share(text: str) -> Fraction:
    return Fraction(text.rstrip("% "))


def _label(one: Trigger) -> str:
    if isinstance(one, Violation):
        at_once = one.after.seconds == 0 and one.after.business_days == 0
        return "escalation at the target" if at_once else f"escalation {one.after} after the target"
    return f"warning {one.before} before the target" if one.at is None else f"{one.at.rstrip('% ')} % warning"


# ---------------------------------------------------------------------- actions


def _actions(
    before: Sequence[Action], after: Sequence[Action], whose: str, path: str, milestone: str
) -> Iterator[Difference]:
    found = pair(before, after, _equal, _of_one_kind)
    for one, two in found.pairs:
        old, new = before[one], after[two]
        if not _equal(old, new):
            yield _changed(old, new, whose, f"{path}[{two}]", milestone)
    for one in found.removed:
        yield Difference(
            what="removed", milestone=milestone, field=f"{path}[{one}]", before=plain(before[one]),
            sentence=f"{whose}: {_action(before[one])} removed",
        )  # fmt: skip
    for two in found.added:
        yield Difference(
            what="added", milestone=milestone, field=f"{path}[{two}]", after=plain(after[two]),
            sentence=f"{whose}: {_action(after[two])} added",
        )  # fmt: skip
    if not found.in_order:
        old_order, new_order = [_action(action) for action in before], [_action(action) for action in after]
        sentence = f"{whose} run in another order, {new_order[0]} first"
        yield Difference(
            what="reordered", milestone=milestone, field=path, before=old_order, after=new_order, sentence=sentence
        )


def _changed(old: Action, new: Action, whose: str, path: str, milestone: str) -> Difference:
    if same(old.params, new.params):
        what = "removed" if not new.description else "added" if not old.description else "reworded"
        sentence = f"{whose}: description of {_action(new)} {what}"
    else:
        sentence = f"{whose}: {_action(old)} changed to {_action(new)}"
    return Difference(
        what="changed", milestone=milestone, field=path, before=plain(old), after=plain(new), sentence=sentence
    )


def _equal(one: Action, two: Action) -> bool:
    described = (one.description or None) == (two.description or None)
    return described and one.kind == two.kind and same(one.params, two.params)


def _of_one_kind(one: Action, two: Action) -> bool:
    return one.kind == two.kind


def _action(action: Action) -> str:
    """`email to owner`; all parameters where there is no `to`."""
    if "to" in action.params:
        rest = {key: value for key, value in action.params.items() if key != "to"}
        return f"{action.kind} to {said(action.params['to'])}" + (f" ({said(rest)})" if rest else "")
    return f"{action.kind} {told(action.params)}"
