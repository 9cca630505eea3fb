"""The dispatch catalogue as the hub has changed it, newest version first."""

from __future__ import annotations

from services.chassis.work import Work
from services.contracts.taxonomy import Taxonomy
from services.intake.domain.dispatch import Catalogue


class SqlCatalogues:
    """Implements the port Catalogues."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        self._taxonomy = Catalogue(taxonomy)

    def current(self, work: Work) -> Catalogue:
        return self._taxonomy
