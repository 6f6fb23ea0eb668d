"""What the stories promise is what the law makes of them, and a slow machine does not make other stories of them."""

from datetime import timedelta

import pytest

from tests.demo.builders import QUICK, START, USUAL, judged, the_log, the_scale, the_story, the_timeline
from workers.demo.outcomes import acts
from workers.demo.scaling import Pace
from workers.demo.stories import STORIES, Story, told_at

by_story = pytest.mark.parametrize("story", STORIES, ids=lambda story: story.record)
MARGIN = timedelta(seconds=2)


@by_story
@pytest.mark.parametrize("pace", [USUAL, QUICK], ids=["usual", "quick"])
def test_a_story_ends_as_it_promises(story: Story, pace: Pace) -> None:
    timeline = the_timeline(story, the_log(story, pace), pace)
    assert list(judged(story, timeline, pace=pace).broken) == []


@by_story
@pytest.mark.parametrize("pace", [USUAL, QUICK], ids=["usual", "quick"])
def test_news_that_arrives_a_second_late_changes_no_promise(story: Story, pace: Pace) -> None:
    timeline = the_timeline(story, the_log(story, pace, delay_s=1), pace)
    assert list(judged(story, timeline, pace=pace).broken) == []


@by_story
def test_at_the_usual_pace_nothing_is_told_within_two_seconds_of_a_threshold(story: Story) -> None:
    log = the_log(story)
    for number, beat in enumerate(story.beats, 1):
        told = told_at(beat, START, the_scale(story, USUAL))
        before = the_timeline(story, log[:number], now=told)
        fired = [effect.due_at for effect in before.effects if effect.trigger in ("warning", "violation")]
        assert all(told - at >= MARGIN for at in fired), beat.words
        assert before.next_wakeup is None or before.next_wakeup - told >= MARGIN, beat.words


@by_story
def test_each_story_is_told_in_order_and_ends_closed(story: Story) -> None:
    told = [beat.at if beat.told is None else beat.told for beat in story.beats]
    assert told == sorted(told)
    assert the_timeline(story, the_log(story)).out


@by_story
def test_at_the_usual_pace_every_minute_told_is_a_whole_second(story: Story) -> None:
    assert all(beat.at * the_scale(story, USUAL).hour_s % 60 == 0 for beat in story.beats)


def test_at_the_usual_pace_it_is_over_within_a_minute() -> None:
    ends = [told_at(story.beats[-1], START, the_scale(story, USUAL)) for story in STORIES]
    assert max(ends) - START <= timedelta(seconds=50)


def test_between_them_they_show_everything() -> None:
    shown = {act.partition(": ")[2] for story in STORIES for act in acts(the_timeline(story, the_log(story)))}
    assert shown == {"warning email", "violation email", "violation reassign", "retracted email", "success email"}


def test_without_the_stop_the_fourth_would_be_violated() -> None:
    story = the_story("C-4")
    events = [event for event in the_log(story) if event.names()[0] not in ("stopped", "resumed")]
    first = the_timeline(story, events).milestones[0]
    assert (first.status, first.violated) == ("met_late", True)
