"""Which dates of a list do not fit the order that the list has."""

from __future__ import annotations

from bisect import bisect_right

from app.models.types import PartialDate, Precision

FEWEST = 4  # dates; in a shorter list nobody can say what its order is
MOSTLY = 2 / 3  # of the dates in order make a list that has one


def out_of_order(dates: list[PartialDate | None]) -> set[int]:
    """The places of the dates that stand out, where a list runs mostly from new to old or from old to new; else none.

    What stays is the longest row of dates in order, so that one slip of a year is one doubt. Months and years are left
    aside: they cannot be told to come before or after a day in them.
    """
    known = [(place, d.on.toordinal()) for place, d in enumerate(dates) if d and d.precision is Precision.DAY]
    if len(known) < FEWEST:
        return set()
    falling = _longest_rising([-day for _, day in known])
    rising = _longest_rising([day for _, day in known])
    kept = falling if len(falling) >= len(rising) else rising
    if len(kept) < MOSTLY * len(known):
        return set()
    return {place for nth, (place, _) in enumerate(known) if nth not in kept}


def _longest_rising(days: list[int]) -> set[int]:
    """The places of a longest row that never falls, by patience sorting, in time n log n."""
    ends: list[int] = []  # the smallest last day of a row of each length
    places: list[int] = []
    before: list[int] = []
    for place, day in enumerate(days):
        length = bisect_right(ends, day)
        before.append(places[length - 1] if length else -1)
        if length == len(ends):
            ends.append(day)
            places.append(place)
        else:
            ends[length], places[length] = day, place
    kept = set()
    place = places[-1] if places else -1
    while place >= 0:
        kept.add(place)
        place = before[place]
    return kept
