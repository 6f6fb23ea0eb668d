"""Installations as files could spell them: people, queues, accounts, promises and hooks that fit together, at random."""

import copy
from collections.abc import Sequence
from random import Random
from typing import Any, Final

from sla.documents import parse_documents
from tests.sla.hooks.builders import HOOKS

Json = dict[str, Any]

TEXTS: Final = (
    "Ada", "Zoë: [x]", "yes", "007", "null", "# no comment", "~", "1e3", "- a list", "{a: b}", "Für alle, immer", "'quoted'",
    '"twice"', "2026-01-01", "日本", "a\\b", "100 %", "@home", "*star", "&anchor", "!tag", "a  b", "e\u0301",
)  # fmt: skip
"""What YAML could take for something else."""
IDS: Final = (
    "ada",
    "ben",
    "zoë",
    "no",
    "on",
    "0x1f",
    "007",
    "null",
    "~",
    "1.0",
    "a-b",
    "B_b",
    "日本",
    "'x'",
    "-",
    "#7",
    "@x",
)
ROLES: Final = ("lead", "no", "007")
NULLABLE: Final = ("process", "product", "description", "per_incident", "business_hours")
"""Where null says that it is not as the template has it."""
ZONES: Final = ("UTC", "Europe/Berlin", "Asia/Kathmandu")
DAYS: Final = ("2025-12-31", "2026-03-01", "2026-03-02", "2026-03-03", "2027-02-28")


class Installation:
    """What a seed comes to. `PROCESSES` and `CALENDARS` are there besides."""

    PROCESSES: Final = ("Support", "yes")
    CALENDARS: Final = ("office", "007")

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)
        self.queues = [self._entry("queue", name, email=self._address()) for name in self._ids(4)]
        self.people = self._people()
        self.accounts = [
            self._entry("account", name, **self._named(), account_manager=self._of(self.people, "person"), tier=self._text())
            for name in self._ids(3)
        ]
        self.contacts = [
            self._entry("contact", name, **self._named(), email=self._address(), account=self._of(self.accounts, "account"))
            for name in self._ids(4)
        ]
        self.products = [{"product": name, "name": self._pick(TEXTS)} for name in self._ids(3)]
        self.assets = [self._of_account("asset", name, product=self._of(self.products, "product")) for name in self._owned()]
        self.contracts = [self._of_account("contract", name, **self._term()) for name in self._owned()]
        self.templates = [self._entry("template", name, **self._promise()) for name in self._ids(3)]
        self.entitlements = [self._entitlement(name) for name in self._owned()]
        self.hooks = [self._hook(name) for name in self._random.sample(("jira", "servicenow", "zendesk"), self._upto(3))]

    def documents(self) -> list[Json]:
        """The files."""
        people = {"people": self.people, "queues": self.queues, "accounts": self.accounts, "contacts": self.contacts}
        promised = {
            "products": self.products,
            "assets": self.assets,
            "contracts": self.contracts,
            "entitlement_templates": self.templates,
            "entitlements": self.entitlements,
        }
        files = ({kind: entries for kind, entries in file.items() if entries} for file in (people, promised))
        return [*(file for file in files if file), *self.hooks]

    # ------------------------------------------------------------------ people

    def _people(self) -> list[Json]:
        names = self._ids(5)
        return [
            self._entry(
                "person", name, **self._named(), email=self._address(), on_duty=self._maybe(self.CALENDARS),
                manager=self._maybe(names), roles=self._some(ROLES),
                queues=self._some([one["queue"] for one in self.queues]),
            )
            for name in names
        ]  # fmt: skip

    def _named(self) -> Json:
        return {"name": self._pick(TEXTS), "timezone": self._pick(ZONES)}

    # ------------------------------------------------------------------ promises

    def _promise(self) -> Json:
        return {
            "type": self._maybe(("case",)),
            "product": self._of(self.products, "product"),
            "channels": self._some(("phone", "web", "no")),
            "business_hours": self._maybe(self.CALENDARS),
            "process": self._maybe(self.PROCESSES),
            "per_incident": self._maybe((1, 10)),
            "on_exhausted": self._maybe(("block", "warn", "allow")),
            "description": self._text(),
        }

    def _entitlement(self, name: str) -> Json:
        made = self._of_account(
            "entitlement", name, **self._promise(), **self._term(), template=self._of(self.templates, "template")
        )
        del made["name"]
        mine = {"asset": self.assets, "contract": self.contracts, "contact": self.contacts}
        here = {kind: [one[kind] for one in of if one.get("account") == made["account"]] for kind, of in mine.items()}
        found = {"asset": self._maybe(here["asset"]), "contract": self._maybe(here["contract"])}
        return self._entry("entitlement", name, **made, **found, contacts=self._some(here["contact"]))

    def _of_account(self, kind: str, known_as: str, /, **more: Any) -> Json:
        account = self._pick([one["account"] for one in self.accounts])
        return self._entry(kind, known_as, **more, name=self._pick(TEXTS), account=account)

    def _term(self) -> Json:
        starts, ends = sorted(self._random.choices(DAYS, k=2))
        return {"starts_on": self._maybe((starts,)), "ends_on": self._maybe((ends,))}

    # ------------------------------------------------------------------ hooks

    def _hook(self, name: str) -> Json:
        """One of the examples, with less of it, and other words."""
        [document] = parse_documents((HOOKS / f"{name}.yaml").read_text("utf-8"), name)
        hook: Json = copy.deepcopy(document.data)
        hook |= {"description": self._text() or "", "hook": self._pick((name, f"{name}-2", f"007-{name}"))}
        hook["events"] = self._random.sample(hook["events"], self._random.randint(1, len(hook["events"])))
        hook["verify"]["prefix"] = self._pick(("", "sha256=", "# "))
        if self._random.random() < 0.5:
            hook["opening"] = {"fields": {"subject": self._pick(TEXTS[:4]), "tier": None, "note": "{a.b?}: {{x}}"}}
        return hook

    # ------------------------------------------------------------------ chance

    def _entry(self, kind: str, known_as: str, /, **fields: Any) -> Json:
        """Without what is left unsaid; sometimes null says so."""
        nulls = NULLABLE if self._random.random() < 0.2 else ()
        said = {field: value for field, value in fields.items() if value is not None or field in nulls}
        return {kind: known_as} | {field: value for field, value in said.items() if field != kind}

    def _upto(self, most: int) -> int:
        return self._random.randint(0, most)

    def _ids(self, most: int) -> list[str]:
        return self._random.sample(IDS, self._upto(most))

    def _owned(self) -> list[str]:
        return self._ids(4) if self.accounts else []

    def _pick(self, values: Sequence[Any]) -> Any:
        return self._random.choice(values)

    def _maybe(self, values: Sequence[Any]) -> Any:
        return self._pick(values) if values and self._random.random() < 0.6 else None

    def _some(self, values: Sequence[str]) -> list[str] | None:
        return self._random.sample(values, self._upto(len(values))) or None

    def _of(self, entries: Sequence[Json], kind: str) -> Any:
        return self._maybe([one[kind] for one in entries])

    def _text(self) -> Any:
        return self._maybe(TEXTS)

    def _address(self) -> Any:
        return self._maybe(("ada@desk.example", "Grüße@desk.example", "+1@x.example"))
