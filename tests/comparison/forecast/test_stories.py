"""Stories of what shines: each follows known skies."""

from skymodel.comparison.forecast.stories import NUGGETS, STORIES


def test_every_story_follows_known_skies():
    from skymodel.comparison.rivals.skies import RIVALS

    assert {name for story in STORIES.values() for name in story} - {NUGGETS} <= set(RIVALS)
