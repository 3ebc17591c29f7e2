"""Property tests have no time limit: how long an example takes says nothing about the code."""

from hypothesis import settings

settings.register_profile("without a clock", deadline=None)
settings.load_profile("without a clock")
