"""What a score comes to for one image: a verdict, and why, in one voice for pages and command line."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ae_core.scores.mixtures import OUTLINE_WEIGHT

OUTLINE = "outline"


@dataclass(frozen=True)
class Verdict:
    """score and p_value of an image; is_anomaly: p_value is at most the false-alarm rate that was set.

    parts: the p-values of the scores that the score is made of, by name; none of a score that is not.
    """

    score: float
    p_value: float
    is_anomaly: bool
    parts: Mapping[str, float] = field(default_factory=dict)

    @property
    def word(self) -> str:
        return "anomaly" if self.is_anomaly else "normal"

    @property
    def is_by_outline(self) -> bool:
        """Whether the outline makes it an anomaly, more than whatever stands beside it."""
        others = [p_value for name, p_value in self.parts.items() if name != OUTLINE]
        return (
            self.is_anomaly and OUTLINE in self.parts and OUTLINE_WEIGHT * self.parts[OUTLINE] < min(others)
        )

    @property
    def reason(self) -> str:
        """A sentence on what the verdict rests on where the score alone does not say it; else ""."""
        if not self.is_by_outline:
            return ""
        return (
            "Its outline decides: no digit's ink lies like this. Where a shape is this simple the error says "
            "nothing, for what is simple is easy to reconstruct, digit or not."
        )
