"""`closedloop evaluate places`: how well the places of a register are found in noisy mentions of them."""

from __future__ import annotations

from services.classifier.domain.places import Register
from services.classifier.files.register_store import SHIPPED
from services.classifier.jobs.job import ShowSteps
from services.classifier.jobs.register import EstateList
from services.classifier.learning.places_trial import REGISTERS_BUILT, Trial, trial_of
from services.contracts.data_files import read_section


def evaluate_places(found: EstateList, *, noise: int, seed: int, steps: ShowSteps) -> Trial:
    """`noise` mentions of each kind for each estate; the same `seed` makes the same mentions."""
    names = read_section(SHIPPED, "sub_districts")
    with steps("registers", REGISTERS_BUILT) as advance:
        return trial_of(
            found.joined.estates, lambda estates: Register(estates, names, found.committees), seed, noise, advance
        )
