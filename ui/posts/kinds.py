"""The kinds of posts, in words."""

from i18n import mark

KIND_NAMES = {"partner": mark("Looking for a partner"), "idea": mark("Project idea")}
