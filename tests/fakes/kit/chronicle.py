"""What happened, in plain words, kept apart from the CRM's own rows: the ground for the truth."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Moment:
    at: int
    values: dict[str, Any]  # the whole state from here on


@dataclass
class Story:
    kind: str  # lead deal quote invoice task meeting call contact (a human's outbound act)
    id: str
    born: int
    moments: list[Moment] = field(default_factory=list)
    gone: bool = False

    @property
    def last(self) -> dict[str, Any]:
        return self.moments[-1].values


class Chronicle:
    def __init__(self) -> None:
        self.stories: dict[tuple[str, str], Story] = {}

    def tell(self, kind: str, ident: object, at: int, /, **values: Any) -> None:
        """The entity is born, or some of its values change."""
        key = (kind, str(ident))
        story = self.stories.get(key)
        if story is None:
            self.stories[key] = Story(kind, str(ident), at, [Moment(at, dict(values))])
        else:
            story.moments.append(Moment(at, {**story.last, **values}))

    def gone(self, kind: str, ident: object, gone: bool = True) -> None:
        """Deleted, or taken back out of the bin."""
        if story := self.stories.get((kind, str(ident))):
            story.gone = gone

    def of(self, kind: str) -> list[Story]:
        return [story for story in self.stories.values() if story.kind == kind and not story.gone]
