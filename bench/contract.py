"""The contract of the cases whose histories are measured: three milestones, each warned of once and violated once."""

from typing import Any

from bench.baselines.case import MILESTONES
from sla.documents import Document
from starter.definitions import Definitions, assemble

ALWAYS_OPEN: dict[str, Any] = {"calendar": "always-open", "timezone": "UTC", "hours": "always"}

PEOPLE: dict[str, Any] = {
    "people": [
        {"person": "ben", "name": "Ben Okafor", "email": "ben@support.example", "timezone": "Europe/London"},
        *(
            {
                "person": name.lower(),
                "name": f"{name} Lindqvist",
                "email": f"{name.lower()}@support.example",
                "timezone": "Europe/London",
                "roles": ["senior_agent"],
            }
            for name in ("Edda", "Nils")
        ),
        {"person": "grace", "name": "Grace Oyelaran", "email": "grace@support.example", "timezone": "Europe/London"},
    ],
    "queues": [{"queue": "tier-1", "email": "tier-1@support.example"}],
}


def definitions(name: str, limits_s: list[int]) -> Definitions:
    """The process of this name with these limits, and the calendar and people that it needs."""
    contract: dict[str, Any] = {
        "process": name,
        "business_hours": ALWAYS_OPEN["calendar"],
        "milestones": [_milestone(one, limit_s) for one, limit_s in zip(MILESTONES, limits_s, strict=True)],
    }
    documents = (contract, ALWAYS_OPEN, PEOPLE)
    return assemble(Document(data=data, source="the bench", lines={(): 1}) for data in documents)


def _milestone(name: str, limit_s: int) -> dict[str, Any]:
    return {
        "milestone": name,
        "within": f"{limit_s}s",
        "warnings": [{"at": "75%", "actions": [{"email": {"to": "owner", "template": "warning"}}]}],
        "violations": [
            {"actions": [{"email": {"to": "grace", "template": "violation"}}, {"reassign": {"to": "role:senior_agent"}}]}
        ],
    }


FIELDS: dict[str, Any] = {
    "account": "helios",
    "contact": "kim",
    "owner": "ben",
    "queue": "tier-1",
    "priority": "P2",
    "subject": "No reading arrives from any site",
}
"""What a case is opened with."""
