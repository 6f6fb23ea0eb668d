"""News, lines, limits and conditions of the walk as the account tells them."""

from collections.abc import Sequence

from sla.account import Cause, Causes, LineChosen
from sla.evaluation.firing import Update
from sla.evaluation.plan import Line
from sla.evaluation.witness import AllNews, News, fields_of
from sla.events import Completed, Resumed, Stopped
from sla.instants import from_s
from sla.process.conditions import Node
from sla.process.model import Limit, LimitTable
from sla.process.saying import in_words
from sla.values import Value, as_text


def causes(news: AllNews) -> Causes:
    """News as causes."""
    return tuple(map(cause, news))


def cause(news: News) -> Cause:
    """One event, or update, with the fields that were in question."""
    told, values = news.told, fields_of(news.told)
    fields = tuple((name, values[name]) for name in news.fields)
    if isinstance(told, Update):
        return Cause(at=from_s(news.at), event=told.key, names=("update",), fields=fields)
    said = told.by if isinstance(told, Completed) else told.reason if isinstance(told, Stopped | Resumed) else None
    learned_at = told.recorded_at if told.recorded_at > told.at else None
    return Cause(at=told.at, event=told.id, names=told.names(), fields=fields, learned_at=learned_at, said=said)


def in_words_of(condition: Node | None) -> str | None:
    """A condition in words; None for none."""
    return None if condition is None else in_words(condition)


def chosen_line(lines: Sequence[Line], line: Line) -> LineChosen:
    """A line among those of its milestone, with the conditions that were passed over."""
    place = lines.index(line) if line in lines else line.position - 1
    passed_over = tuple(in_words(one.when) for one in lines[:place] if one.when is not None)
    return LineChosen(position=place + 1, of=len(lines), when=in_words_of(line.when), passed_over=passed_over)


def text_of_limit(within: Limit, value: Value) -> str:
    """The limit as the process spells it; of a table, the entry for a value of its field."""
    return str(within.pick({within.by: value}) if isinstance(within, LimitTable) else within)


def in_table(within: Limit, value: Value) -> bool:
    """Whether a limit is a table that has an entry of its own for this value of its field."""
    return isinstance(within, LimitTable) and value is not None and as_text(value) in within.values
