"""The judge of the fault tests: the "acked superset" of Kafka's own system tests, in Jepsen's words.

Whatever a client was acknowledged must be seen at every place it should reach (else lost-write), by one effect
(else duplicate), a key's versions never falling (else out-of-order). The same effect seen twice on a log is a
redelivery: counted, harmless, because its identity lets the reader drop it. A batch that is published again repeats
older versions of a key, and then the newest once more; an older one that stays the last is a zombie's late write.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Sighting:
    """One row or record. `identity` is the effect's: two sightings of one key with two identities are two effects."""

    key: str
    identity: str
    version: int = 1


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was seen at one place, in the order of the log (a table has none: any). `expected` keys must be there.

    `effects_per_version`: whether each version of a key is an effect of its own (a fact of the ticket), or the key
    has one effect for ever (a delivery).
    """

    place: str
    expected: Collection[str]
    sightings: Sequence[Sighting]
    effects_per_version: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """Findings as `place: key`, by class of anomaly."""

    sent: int
    lost: list[str] = field(default_factory=list)
    duplicated: list[str] = field(default_factory=list)
    out_of_order: list[str] = field(default_factory=list)
    redelivered: int = 0

    @property
    def clean(self) -> bool:
        return not (self.lost or self.duplicated or self.out_of_order)

    def line(self, name: str, recovery_s: float, **more: object) -> str:
        """The one JSON line that a fault test prints."""
        return json.dumps(
            {
                "name": name,
                "sent": self.sent,
                "lost": len(self.lost),
                "duplicated": len(self.duplicated),
                "out_of_order": len(self.out_of_order),
                "redelivered": self.redelivered,
                "recovery_s": round(recovery_s, 1),
                **more,
            }
        )


def judge(acked: Collection[str], evidence: Iterable[Evidence]) -> Verdict:
    """`acked` are the keys a client was promised; each place says itself which of them it must show."""
    verdict = Verdict(sent=len(acked))
    redelivered = 0
    for one in evidence:
        seen = {sighting.key for sighting in one.sightings}
        verdict.lost.extend(f"{one.place}: {key}" for key in sorted(set(one.expected) - seen))
        effects: dict[tuple[str, int], set[str]] = defaultdict(set)
        newest: dict[str, int] = {}
        fallen: dict[str, None] = {}
        for sighting in one.sightings:
            effect = effects[sighting.key, sighting.version if one.effects_per_version else 0]
            again = sighting.identity in effect
            if again:
                redelivered += 1
            elif effect:
                verdict.duplicated.append(f"{one.place}: {sighting.key}")
            effect.add(sighting.identity)
            before = newest.get(sighting.key, sighting.version)
            if sighting.version >= before:
                fallen.pop(sighting.key, None)
            elif again:
                fallen[sighting.key] = None
            else:
                verdict.out_of_order.append(f"{one.place}: {sighting.key}")
            newest[sighting.key] = max(sighting.version, before)
        verdict.out_of_order.extend(f"{one.place}: {key}" for key in fallen)
    return Verdict(verdict.sent, verdict.lost, verdict.duplicated, verdict.out_of_order, redelivered)
