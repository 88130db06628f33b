"""The figures of some incidents: how many of each assessment, in each month, and what is counted in those that are credible."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from app.domain.incident_index import UNKNOWN
from app.models import Assessment

MOST_NAMES = 4  # figures besides killed and injured that are summed up; pages of incidents and files have all


@dataclass
class Sum:
    """Numbers added up, and how many nobody knows."""

    total: int = 0
    count: int = 0
    unknown: int = 0

    def add(self, value: int | None) -> None:
        """One number more."""
        self.count += 1
        if value is None:
            self.unknown += 1
        else:
            self.total += value


@dataclass
class Tally:
    """How many incidents of each assessment, in each month, and how many people in those assessed as credible."""

    counts: Counter[Assessment] = field(default_factory=Counter)
    months: dict[int, Counter[Assessment]] = field(default_factory=lambda: defaultdict(Counter))
    undated: Counter[Assessment] = field(default_factory=Counter)  # of which the year alone is known
    killed: int = 0
    killed_unknown: int = 0  # credible incidents that say no number
    injured: int = 0
    injured_unknown: int = 0
    named: dict[str, Sum] = field(default_factory=lambda: defaultdict(Sum))  # of those, by the name of the figure

    @property
    def total(self) -> int:
        """All incidents."""
        return self.counts.total()

    @property
    def names(self) -> list[str]:
        """The figures besides killed and injured that most incidents name."""
        return sorted(self.named, key=lambda name: (-self.named[name].count, name))[:MOST_NAMES]

    @property
    def counts_people(self) -> bool:
        """Whether anybody counts killed or injured here; a register of arrests may not."""
        return not self.named or self.counts[Assessment.CREDIBLE] > min(self.killed_unknown, self.injured_unknown)

    def add(self, killed: int, injured: int, named: Iterable[tuple[str, int | None]] = ()) -> None:
        """The figures of one credible incident more."""
        if killed == UNKNOWN:
            self.killed_unknown += 1
        else:
            self.killed += killed
        if injured == UNKNOWN:
            self.injured_unknown += 1
        else:
            self.injured += injured
        for name, value in named:
            self.named[name].add(value)
