"""A small language for texts: Jinja2 in its sandbox, and of that only what a mail needs. No files, no I/O.

Templates are written by administrators and, as subjects and chat messages, by whoever may publish a process. Jinja's
sandbox keeps them from Python; it does not keep them from eating all time and memory. So here only some nodes, filters and
attributes exist, structures cannot be nested, loops and calls draw on a budget, and no text grows beyond a bound.
"""

from collections.abc import Callable, Iterable, Iterator
from contextvars import ContextVar
from typing import Any, Final, NoReturn

from jinja2 import BaseLoader, StrictUndefined, Template, TemplateError, Undefined, nodes, pass_eval_context
from jinja2.exceptions import SecurityError, TemplateAssertionError
from jinja2.filters import FILTERS
from jinja2.meta import find_undeclared_variables
from jinja2.nodes import EvalContext
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.visitor import NodeTransformer
from markupsafe import Markup

MAX_STEPS: Final = 10_000
"""Turns of loops, filters, calls and included files in one rendering."""
MAX_TEXT: Final = 64_000
"""Characters or items of any one value, and characters of a template."""
MAX_OUTPUT: Final = 256_000
"""Characters of what is rendered."""
MAX_NUMBER: Final = 10**15

_NODES: Final = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.Getattr, nodes.Getitem, nodes.Slice,
    nodes.If, nodes.For, nodes.Assign, nodes.With, nodes.Block, nodes.Extends, nodes.Include, nodes.List, nodes.Tuple,
    nodes.Filter, nodes.Test, nodes.Call, nodes.Keyword, nodes.CondExpr, nodes.Concat,
    nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.Neg, nodes.Pos,
    nodes.Add, nodes.Sub, nodes.Mul, nodes.Div, nodes.FloorDiv, nodes.Mod,
)  # fmt: skip
_FILTERS: Final = (
    "abs", "capitalize", "d", "default", "dictsort", "e", "escape", "first", "float", "int", "items", "last", "length",
    "list", "lower", "max", "min", "reverse", "sort", "string", "striptags", "title", "trim", "truncate", "unique", "upper",
    "urlencode", "wordcount",
)  # fmt: skip
_ATTRIBUTES: Final = frozenset(
    {"items", "keys", "values", "get", "upper", "lower", "strip", "startswith", "endswith"}
    | {"index", "index0", "first", "last", "length", "revindex"}
)
_steps: ContextVar[int] = ContextVar("steps", default=0)


class Sandbox(ImmutableSandboxedEnvironment):
    """The environment; `render` is the way to use it. `escape` is applied to every inserted value."""

    intercepted_binops = frozenset({"+", "-", "*", "/", "//", "%", "**"})

    def __init__(
        self,
        *,
        loader: BaseLoader | None = None,
        autoescape: bool | Callable[[str | None], bool] = False,
        escape: Callable[[str], str] | None = None,
    ) -> None:
        def inserted(value: Any) -> Any:
            value = _inserted(value)
            return escape(str(value)) if escape and not isinstance(value, Undefined) else value

        super().__init__(
            loader=loader,
            autoescape=autoescape,
            finalize=inserted,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.globals.clear()
        own = {"join": _join, "replace": _replace, "pad": _pad, "round": _round, "turns": _turns, "flat": _flat}
        self.filters = {name: _bounded_filter(FILTERS[name]) for name in _FILTERS} | own

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        if len(source) > MAX_TEXT:
            raise TemplateAssertionError(f"a template has at most {MAX_TEXT} characters", 1, name, filename)
        tree: nodes.Template = _Restriction(name, filename).visit(super()._parse(source, name, filename))
        return tree.set_environment(self)  # type: ignore[return-value]  # it returns itself

    def render(self, template: Template, view: dict[str, Any]) -> str:
        """The text. Raises TemplateError, or what a template's own mistakes raise (TypeError, ZeroDivisionError…)."""
        _steps.set(0)
        pieces: list[str] = []
        size = 0
        for piece in template.generate(view):
            size += len(piece)
            if size > MAX_OUTPUT:
                raise SecurityError(f"the text is longer than {MAX_OUTPUT} characters")
            pieces.append(piece)
        return "".join(pieces)

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Only what is listed: most methods of text can make it longer than memory."""
        return attr in _ATTRIBUTES and super().is_safe_attribute(obj, attr, value)

    def wrap_str_format(self, value: Any) -> None:
        """`format` is no attribute of text here."""
        return

    def call(__self, __context: Context, __obj: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: N805 - as Jinja has it
        """A call draws on the budget, and its result is bounded."""
        _spend()
        return _bounded(super().call(__context, __obj, *args, **kwargs))

    def get_template(self, *args: Any, **kwargs: Any) -> Template:
        """An included file draws on the budget."""
        _spend()
        return super().get_template(*args, **kwargs)

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Arithmetic is for numbers; `+` also joins texts and lists."""
        if operator == "**" or (operator != "+" and not (_number(left) and _number(right))):
            raise SecurityError(f"'{operator}' is for numbers only, and '**' for none")
        return _bounded(self.binop_table[operator](left, right))


def check_line(source: str, names: Iterable[str]) -> str:
    """The source of a text, if it can be read and uses only these names. ValueError otherwise."""
    _steps.set(0)
    try:
        tree = _CHECKING.parse(source)
        _CHECKING.compile(tree)
    except TemplateError as error:
        raise ValueError(f"the text cannot be read: {error.message}") from None
    except (SyntaxError, RecursionError, OverflowError):
        raise ValueError("the text cannot be read: it is nested too deeply") from None
    known = sorted(names)
    for name in sorted(find_undeclared_variables(_CHECKING.parse(source))):
        if name not in known:
            raise ValueError(f"the text uses '{name}', which does not exist. Known: {', '.join(known)}")
    return source


# ---------------------------------------------------------------------- restrictions


class _Restriction(NodeTransformer):
    """Refuses the nodes that do not belong to the language, and wraps those that need watching."""

    def __init__(self, name: str | None, filename: str | None) -> None:
        self._name = name
        self._filename = filename

    def visit(self, node: nodes.Node, *args: Any, **kwargs: Any) -> Any:
        if not isinstance(node, _NODES):
            self._refuse(node, f"'{type(node).__name__.lower()}'")
        return super().visit(node, *args, **kwargs)

    def visit_For(self, node: nodes.For) -> nodes.Node:  # noqa: N802 - as Jinja has it
        if node.recursive:
            self._refuse(node, "a recursive loop")
        self.generic_visit(node)
        node.iter = _filtered(node.iter, "turns")
        return node

    def visit_Include(self, node: nodes.Include) -> nodes.Node:  # noqa: N802
        if not isinstance(node.template, nodes.Const):
            self._refuse(node, "including what is not a literal name")
        return self.generic_visit(node)

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:  # noqa: N802
        self.generic_visit(node)
        return _filtered(nodes.List(node.nodes, lineno=node.lineno), "join")

    def visit_List(self, node: nodes.List) -> nodes.Node:  # noqa: N802
        self.generic_visit(node)
        return _filtered(node, "flat")

    def visit_Tuple(self, node: nodes.Tuple) -> nodes.Node:  # noqa: N802
        self.generic_visit(node)
        return node if node.ctx == "store" else _filtered(nodes.List(node.items, lineno=node.lineno), "flat")

    def _refuse(self, node: nodes.Node, what: str) -> NoReturn:
        raise TemplateAssertionError(f"{what} is not available here", node.lineno or 1, self._name, self._filename)


def _filtered(node: nodes.Node, name: str) -> nodes.Filter:
    return nodes.Filter(node, name, [], [], None, None, lineno=node.lineno)


# ---------------------------------------------------------------------- bounds


def _spend() -> None:
    spent = _steps.get() + 1
    _steps.set(spent)
    if spent > MAX_STEPS:
        raise SecurityError(f"the template takes more than {MAX_STEPS} steps")


def _turns(items: Iterable[Any]) -> Iterator[Any]:
    for item in items:
        _spend()
        yield item


def _scalar(value: Any) -> bool:
    return value is None or isinstance(value, str | int | float | Undefined)


def _number(value: Any) -> bool:
    return isinstance(value, int | float)


def _inserted(value: Any) -> Any:
    """What is put into the text: nothing for None; a list only by `join`."""
    if not _scalar(value):
        raise SecurityError("only text and numbers can be inserted; use the filter 'join' for a list")
    return "" if value is None else value


def _flat(items: list[Any]) -> list[Any]:
    """A list that is written out; nested ones would double at each nesting."""
    if not all(map(_scalar, items)):
        raise SecurityError("a list holds text and numbers only")
    return items


def _bounded(value: Any) -> Any:
    if isinstance(value, str | list | tuple | dict) and len(value) > MAX_TEXT:
        raise SecurityError(f"a value is longer than {MAX_TEXT}")
    if _number(value) and not abs(value) <= MAX_NUMBER:
        raise SecurityError("a number is too large")
    return value


def _bounded_filter(plain: Callable[..., Any]) -> Callable[..., Any]:
    def bounded(*args: Any, **kwargs: Any) -> Any:
        _spend()
        return _bounded(plain(*args, **kwargs))

    if hasattr(plain, "jinja_pass_arg"):  # by which Jinja knows what to hand to a filter
        bounded.jinja_pass_arg = plain.jinja_pass_arg  # type: ignore[attr-defined]
    return bounded


@pass_eval_context
def _join(context: EvalContext, items: Iterable[Any], between: str = "") -> str:
    _spend()
    parts = list(_turns(items)) if not isinstance(items, list) else items
    texts = [_inserted(part) for part in parts]
    if sum(len(str(text)) + len(between) for text in texts) > MAX_TEXT:
        raise SecurityError(f"a value is longer than {MAX_TEXT}")
    if not context.autoescape:
        return between.join(map(str, texts))
    return (between if isinstance(between, Markup) else Markup.escape(between)).join(texts)


def _replace(text: Any, old: str, new: str) -> str:
    _spend()
    plain: str = text if isinstance(text, str) else str(_inserted(text))
    if plain.count(old) * len(new) + len(plain) > MAX_TEXT:
        raise SecurityError(f"a value is longer than {MAX_TEXT}")
    return plain.replace(old, new)


def _pad(text: Any, width: int) -> str:
    """Text followed by spaces up to a width, and at least by one: for columns."""
    _spend()
    plain = str(_inserted(text))
    return plain + " " * max(1, min(80, width) - len(plain))


def _round(value: float, digits: int = 0) -> float:
    _spend()
    rounded = round(float(value), max(0, min(9, digits)))
    return rounded if digits > 0 else int(rounded)


_CHECKING: Final = Sandbox()
