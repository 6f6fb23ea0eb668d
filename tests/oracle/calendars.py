"""Business hours and starting moments from which generated cases draw: overnight, split, holidays, clock changes."""

from typing import Any

MOMENTS = (  # Mondays, and the eves of clock changes in Berlin, New York, Sydney and Lord Howe
    "2026-03-02T08:00:00Z", "2026-03-06T20:00:00Z", "2026-03-27T14:00:00Z", "2026-04-03T12:00:00Z",
    "2026-10-02T04:00:00Z", "2026-10-23T14:00:00Z", "2026-10-30T18:00:00Z", "2026-12-23T10:00:00Z",
)  # fmt: skip
WORKDAYS = ("mon", "tue", "wed", "thu", "fri")
WEEK = (*WORKDAYS, "sat", "sun")
CALENDARS: tuple[dict[str, Any], ...] = (
    {
        "calendar": "office", "timezone": "Europe/Berlin", "hours": {day: ["09:00-17:00"] for day in WORKDAYS},
        "holidays": ["2026-03-03", "--12-25", {"date": "2026-12-24", "hours": ["09:00-12:00"]}],
    },
    {
        "calendar": "night", "timezone": "America/New_York", "hours": {day: ["22:00-06:00"] for day in WEEK},
        "holidays": ["2026-03-08", {"date": "2026-11-01", "hours": ["20:00-02:00"]}],
    },
    {
        "calendar": "split", "timezone": "Asia/Kolkata",
        "hours": {day: ["08:30-12:00", "13:00-18:15"] for day in WEEK},
        "holidays": [{"from": "2026-03-30", "to": "2026-03-31"}],
    },
    {
        "calendar": "howe", "timezone": "Australia/Lord_Howe",
        "hours": {"sat": ["22:00-03:00"], "sun": ["03:30-04:15", "22:00-24:00"], "mon": ["00:00-24:00"]},
    },
    {"calendar": "round", "timezone": "UTC", "hours": "always", "holidays": ["2026-03-28", "2026-10-24"]},
    {"calendar": "desk", "timezone": "UTC", "hours": {day: ["08:00-10:00", "15:00-16:00"] for day in WEEK}},
)  # fmt: skip
