"""The hand-worked examples on recurrence, leaving and returning, and knowledge (SPEC 4; 8 *Starting* to *Roll-up*)."""

from tests.oracle.examples import GOLD, VIOLATED, WARNED, Example, changed, completed, event, line, opened

CLOSED_LATE = [opened(), event("closed", "10:30"), event("reopened", "11:00")]

RECURRENCE = [
    Example(
        says="An independent successor starts at once at the completion",
        lines=[line(recurrence="independent")],
        events=[opened(), completed("09:20")],
        until="09:30",
        milestones=[{"status": "met"}, {"status": "running", "started_at": "09:20", "target_at": "10:20"}],
    ),
    Example(
        says="A sequential successor of an early completion waits for the previous target",
        lines=[line(recurrence="sequential")],
        events=[opened(), completed("09:20")],
        until="09:30",
        milestones=[
            {"status": "met"},
            {"occurrence": 2, "status": "waiting", "started_at": "10:00", "target_at": "11:00", "stopped_s": 0},
        ],
        wakes="10:00",
    ),
    Example(
        says="A sequential successor of a late completion starts at the completion",
        lines=[line(recurrence="sequential")],
        events=[opened(), completed("10:30")],
        until="10:40",
        milestones=[{"status": "met_late"}, {"status": "running", "started_at": "10:30"}],
    ),
    Example(
        says="A sequential successor starts when its predecessor's clock, stops included, reaches its limit",
        lines=[line(recurrence="sequential")],
        events=[opened(), completed("09:20"), event("stopped", "09:30"), event("resumed", "09:50")],
        until="10:30",
        milestones=[{"status": "met"}, {"status": "running", "started_at": "10:20", "target_at": "11:20"}],
    ),
    Example(
        says="An unmet period is violated and the next begins all the same",
        lines=[line(recurrence="periodic", success=None, on_retracted=None)],
        events=[opened()],
        until="11:30",
        milestones=[
            {"status": "missed", "started_at": "09:00", "violated_at": "10:00"},
            {"status": "missed", "started_at": "10:00", "violated_at": "11:00"},
            {"status": "running", "started_at": "11:00", "target_at": "12:00"},
        ],
        effects=[WARNED, VIOLATED, "M#2/1/warning-1/1 10:45 due", "M#2/1/violation-1/1 11:00 due"],
        status="violated_closed",
        wakes="11:45",
    ),
    Example(
        says="Periods wholly before the condition held are skipped and take no number",
        lines=[line(recurrence="periodic", when=GOLD)],
        events=[opened(), changed("11:10", tier="gold")],
        until="11:20",
        milestones=[{"occurrence": 1, "status": "running", "started_at": "11:00", "target_at": "12:00"}],
    ),
    Example(
        says="A start that lies ahead is waiting, with zeros and a projected target",
        process={"start_at": "triaged_at"},
        events=[opened(triaged_at="2026-03-02T10:00:00Z")],
        until="09:30",
        milestones=[{"status": "waiting", "started_at": "10:00", "target_at": "11:00", "overdue_s": 0}],
        wakes="10:00",
    ),
    Example(
        says="An empty start field is not in the process yet",
        process={"start_at": "triaged_at"},
        events=[opened()],
        until="12:00",
        milestones=[],
        effects=[],
        status="compliant",
        wakes=None,
    ),
]

LEAVING = [
    Example(
        says="An exit at the very target prevents the violation",
        events=[opened(), event("closed", "10:00")],
        until="11:00",
        milestones=[{"status": "cancelled", "violated": False, "target_at": "10:00"}],
        effects=[WARNED],
        status="compliant",
        wakes=None,
    ),
    Example(
        says="An overdue occurrence that the record leaves is missed",
        events=[opened(), event("closed", "10:30")],
        until="11:00",
        milestones=[{"status": "missed", "violated_at": "10:00", "overdue_s": 1800}],
        status="violated_closed",
    ),
    Example(
        says="Resume brings back the same occurrence and the closed span counts as stopped",
        events=[opened(), event("closed", "09:30"), event("reopened", "10:30")],
        until="10:40",
        milestones=[{"occurrence": 1, "status": "running", "stopped_s": 3600, "target_at": "11:00"}],
    ),
    Example(
        says="The field turning back re-enters without reopened",
        process={"exit_when": {"status": "Closed"}},
        events=[opened(status="New"), changed("09:30", status="Closed"), changed("10:30", status="New")],
        until="10:40",
        milestones=[{"occurrence": 1, "status": "running", "stopped_s": 3600, "target_at": "11:00"}],
    ),
    Example(
        says="After restart only what began since counts in the roll-up",
        process={"on_reopen": "restart"},
        events=CLOSED_LATE,
        until="11:10",
        milestones=[{"status": "missed"}, {"status": "running", "started_at": "11:00", "target_at": "12:00"}],
        status="compliant",
    ),
    Example(
        says="After new_cycle everything counts in the roll-up",
        process={"on_reopen": "new_cycle"},
        events=CLOSED_LATE,
        until="11:10",
        milestones=[{"status": "missed"}, {"status": "running", "started_at": "11:00", "target_at": "12:00"}],
        status="violated_closed",
    ),
    Example(
        says="What leave_open leaves open is violated while out and its triggers run, late, after the re-entry",
        process={"on_exit": "leave_open"},
        events=[opened(), event("closed", "09:30"), event("reopened", "10:30")],
        until="10:40",
        milestones=[{"status": "overdue", "violated_at": "10:00", "stopped_s": 0, "overdue_s": 2400}],
        effects=["M#1/1/warning-1/1 09:45 skipped", "M#1/1/violation-1/1 10:00 late"],
    ),
    Example(
        says="What was due to start while out begins at the reopening",
        lines=[line(when=GOLD)],
        events=[opened(), event("closed", "09:30"), changed("09:40", tier="gold"), event("reopened", "10:30")],
        until="10:40",
        milestones=[{"status": "running", "started_at": "10:30", "target_at": "11:30"}],
    ),
]

KNOWLEDGE = [
    Example(
        says="A completion learned late meets its target and the violation is retracted",
        events=[opened(), completed("09:58", "10:03")],
        until="11:00",
        milestones=[{"status": "met", "violated": False, "violated_at": None, "retracted": True}],
        effects=[
            WARNED,
            "M#1/1/success/1 09:58 due",
            "M#1/1/violation-1/1 10:00 retracted",
            "M#1/1/retracted/1 10:03 due",
        ],
        status="compliant",
    ),
    Example(
        says="A violation elapsed when the case became known runs once, late, and its warning is skipped",
        events=[opened("09:00", "10:30")],
        until="10:30",
        milestones=[{"status": "overdue", "violated_at": "10:00"}],
        effects=["M#1/1/warning-1/1 09:45 skipped", "M#1/1/violation-1/1 10:00 late"],
    ),
    Example(
        says="A late warning is sent while the target is still ahead",
        events=[opened("09:00", "09:50")],
        until="09:50",
        milestones=[{"status": "running"}],
        effects=["M#1/1/warning-1/1 09:45 late"],
        status="at_risk",
        wakes="10:00",
    ),
    Example(
        says="A violation reached again after its retraction runs again",
        events=[opened(), event("stopped", "09:50", "10:03"), event("resumed", "10:10")],
        until="10:30",
        milestones=[{"status": "overdue", "violated_at": "10:20", "retracted": True, "stopped_s": 1200}],
        effects=[
            WARNED,
            "M#1/1/violation-1/1 10:00 retracted",
            "M#1/1/retracted/1 10:03 due",
            "M#1/1/violation-1/1~2 10:20 due",
        ],
    ),
    Example(
        says="The same id twice is one event",
        events=[opened(), completed("09:20"), {**completed("09:20"), "at": "2026-03-02T09:40:00Z"}],
        until="11:00",
        milestones=[{"status": "met", "completed_at": "09:20"}],
        notes=0,
    ),
]
