"""The small language: what it can say, and that whoever writes a template can neither get out nor hold up the worker."""

import time
from typing import Any

import pytest
from jinja2 import TemplateError

from activities.actions.notify import escaped
from activities.sandbox import Sandbox, check_line

TOO_LONG_S = 2.0


def rendered(source: str, *, sandbox: Sandbox | None = None, **view: Any) -> str:
    sandbox = sandbox or Sandbox()
    return sandbox.render(sandbox.from_string(source), view)


def stopped(source: str, **view: Any) -> BaseException:
    """The error with which rendering ends; it must end soon."""
    began = time.monotonic()
    with pytest.raises(Exception) as stop:  # noqa: PT011 - of any kind, that is the point
        rendered(source, **view)
    assert time.monotonic() - began < TOO_LONG_S
    return stop.value


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("{{ record.id }}", "C-1"),
        ("{{ record.nothing }}|", "|"),
        ("{{ record.id ~ '/' ~ (n ~ '!') }}", "C-1/3!"),
        ("{% for tag in tags %}{{ loop.index }}:{{ tag }} {% endfor %}", "1:a 2:b "),
        ("{{ tags|join(', ') }}", "a, b"),
        ("{% if record.id in ['C-1', 'C-2'] %}yes{% endif %}", "yes"),
        ("{% if record.id in ('C-1', 'C-2') %}yes{% endif %}", "yes"),
        ("{% for key, value in record|dictsort %}{{ key }}={{ value or '-' }} {% endfor %}", "id=C-1 nothing=- "),
        ("{{ n * 2 + 1 - 3 }} {{ 7.456|round(2) }} {{ 7.5|round }}", "4 7.46 8"),
        ("{{ record.missing|default('none') }}", "none"),
        ("{% set x = record.id|lower %}{{ x }}", "c-1"),
        ("{{ 'a-b'|replace('-', '+')|upper }}", "A+B"),
        ("{{ 'x'|pad(4) }}|", "x   |"),
        ("{{ record.id.startswith('C') }}", "True"),
    ],
)
def test_what_a_mail_needs_can_be_said(source: str, text: str) -> None:
    assert rendered(source, record={"id": "C-1", "nothing": None}, tags=["a", "b"], n=3) == text


def test_a_name_that_does_not_exist_is_an_error_and_not_a_gap() -> None:
    assert "'cas' is undefined" in str(stopped("{{ cas.id }}"))
    assert "no attribute 'nosuch'" in str(stopped("{{ record.nosuch }}", record={}))


def test_html_escapes_whatever_is_inserted() -> None:
    html = Sandbox(autoescape=True)
    text = rendered("<p>{{ x }} {{ x ~ '&' }} {{ [x, x]|join('<br>') }}</p>", sandbox=html, x="<b>")
    assert text == "<p>&lt;b&gt; &lt;b&gt;&amp; &lt;b&gt;&lt;br&gt;&lt;b&gt;</p>"


@pytest.mark.parametrize("trick", ["{{ x|safe }}", "{% autoescape false %}{{ x }}{% endautoescape %}"])
def test_escaping_cannot_be_turned_off(trick: str) -> None:
    with pytest.raises(TemplateError):
        rendered(trick, sandbox=Sandbox(autoescape=True), x="<b>")


def test_chat_escapes_what_is_inserted_but_not_what_the_author_wrote() -> None:
    assert rendered("<{{ u }}|{{ x }}>", sandbox=Sandbox(escape=escaped), u="https://a/?b&c", x="<!here>") == (
        "<https://a/?b&amp;c|&lt;!here&gt;>"
    )


# ---------------------------------------------------------------------- getting out


@pytest.mark.parametrize(
    "source",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ x['__class__'] }}",
        "{{ x.__init__.__globals__ }}",
        "{{ ''|attr('__class__') }}",
        "{{ '{0.__class__}'.format(x) }}",
        "{{ self.__init__ }}",
        "{{ self._TemplateReference__context }}",
        "{{ loop }}",
        "{{ lipsum.__globals__ }}",
        "{{ cycler.__init__ }}",
        "{{ namespace() }}",
        "{{ x.append(1) }}",
        "{% set y = x.clear() %}",
        "{% include '/etc/passwd' %}",
        "{% import 'os' as os %}",
        "{{ x|map('upper') }}",
    ],
)
def test_there_is_no_way_out(source: str) -> None:
    stopped(source, x=[1])


# ---------------------------------------------------------------------- holding up


DOUBLING = "{% set a = 'xxxxxxxxxx' %}"


@pytest.mark.parametrize(
    "source",
    [
        "{% for i in range(10**9) %}{% endfor %}",
        "{% for a in s %}{% for b in s %}{% for c in s %}{% endfor %}{% endfor %}{% endfor %}",
        "{% for a in s recursive %}{{ loop(s) }}{% endfor %}",
        "{% macro f() %}{{ f() }}{{ f() }}{% endmacro %}{{ f() }}",
        "{% block a %}{{ self.a() }}{{ self.a() }}{% endblock %}",
        "{{ 'x' * 10**9 }}",
        "{{ [1] * 10**9 }}",
        "{{ 9 ** 9 ** 9 }}",
        "{{ '%999999999d' % 1 }}",
        "{{ 'x'.ljust(10**9) }}",
        "{{ 'x'|center(999999999) }}",
        "{{ 'x'|indent(999999999) }}",
        "{{ '%0999999999d'|format(1) }}",
        "{{ s|replace('x', s)|replace('x', s)|replace('x', s) }}",
        "{{ 5|round(-999999999) ~ boom }}",
        DOUBLING + "{% set a = a ~ a %}" * 60 + "{{ a }}",
        DOUBLING + "{% set a = a + a %}" * 60 + "{{ a }}",
        DOUBLING + "{% set a = [a, a]|join %}" * 60 + "{{ a }}",
        "{% set a = [1] %}" + "{% set a = a + a %}" * 60,
        "{% set a = [1] %}" + "{% set a = [a, a] %}" * 60 + "{{ a }}",
        "{% set a %}x{% endset %}" + "{% set a %}{{ a }}{{ a }}{% endset %}" * 60,
        "{% for i in s %}{% for j in s %}{{ s }}{% endfor %}{% endfor %}",
        "{{ " + "(" * 5_000 + "1" + ")" * 5_000 + " }}",
        "{{ " + "9" * 60_000 + " }}",
        "x" * 64_001,
        "{{ 1 / 0 }}",
    ],
)
def test_nothing_takes_long_or_grows_large(source: str) -> None:
    stopped(source, s="x" * 200)


def test_every_rendering_has_a_budget_of_its_own() -> None:
    sandbox = Sandbox()
    template = sandbox.from_string("{% for a in s %}{% for b in s %}.{% endfor %}{% endfor %}")
    for _ in range(3):
        assert len(sandbox.render(template, {"s": "x" * 90})) == 8_100


# ---------------------------------------------------------------------- checking


def test_a_line_that_can_be_rendered_is_accepted_as_it_is() -> None:
    assert check_line("{{ record.id }}: {{ link }}", ["record", "link"]) == "{{ record.id }}: {{ link }}"


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("{{ cas }}", "'cas', which does not exist. Known: record"),
        ("{{ record", "cannot be read"),
        ("{% set x %}", "'assignblock' is not available here|cannot be read"),
        ("{{ " + "(" * 5_000 + "1" + ")" * 5_000 + " }}", "nested too deeply"),
        ("x" * 64_001, "at most 64000 characters"),
    ],
)
def test_a_line_that_cannot_is_refused_with_the_reason(source: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        check_line(source, ["record"])


def test_checking_many_lines_uses_up_no_budget() -> None:
    for _ in range(110):
        check_line("{{ record.id|upper|lower }}" + "{{ 'a'|upper }}" * 100, ["record"])
