"""The story that a timeline tells."""

from tests.sla.builders import a_case


def test_the_story_has_every_instant_and_every_reason_in_order() -> None:
    timeline = a_case().opened().completed("09:58", learned="10:03").as_of("12:00").timeline
    assert timeline.explanation == (
        "2026-03-02T09:00:00Z: First Response #1 started, within 1 h of open time; target 2026-03-02T10:00:00Z.",
        "2026-03-02T09:45:00Z: The warning of First Response #1: email.",
        "2026-03-02T09:58:00Z: First Response #1 was completed in time, after 58 min of open time.",
        "2026-03-02T09:58:00Z: The success of First Response #1: notify.",
        "2026-03-02T10:00:00Z: First Response #1 had been taken for violated; later knowledge withdrew that.",
        "2026-03-02T10:00:00Z: The violation of First Response #1: reassign, retracted: "
        "completed at 2026-03-02T09:58:00Z, learned at 2026-03-02T10:03:00Z.",
        "2026-03-02T10:03:00Z: The retraction of First Response #1: notify.",
    )


def test_a_cancellation_tells_its_reason_and_notes_come_last() -> None:
    timeline = a_case().opened().closed("09:30").completed("09:40").as_of("12:00").timeline
    assert "First Response #1 ended cancelled: the record left the process." in timeline.explanation[-2]
    assert "nothing was open" in timeline.explanation[-1]
    assert timeline.occurrences == timeline.milestones


def test_a_late_completion_tells_how_far_over_it_was() -> None:
    timeline = a_case().opened().stopped("09:10").resumed("09:20").completed("10:20").as_of("12:00").timeline
    assert any("was violated; by now 10 min over" in sentence for sentence in timeline.explanation)
    assert any("late, after 1 h 20 min of open time, the clock stopped for 10 min" in s for s in timeline.explanation)
