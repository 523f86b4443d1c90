"""How SKUs become usable: the states of one, and the time each lasts, which is ours, and plausible, not measured."""

from collections.abc import Mapping
from types import MappingProxyType

from .durations import DAY, HOUR
from .records import Sku, SkuStatus
from .steps import Course, Step
from .world import World

SkuStep = Step[SkuStatus]

SKU: Mapping[SkuStatus, SkuStep] = MappingProxyType(
    {
        SkuStatus.DRAFT: Step(HOUR, SkuStatus.UNDER_REVIEW),
        SkuStatus.UNDER_REVIEW: Step(DAY, SkuStatus.ACTIVE),
    }
)
SKU_TROUBLES: Mapping[SkuStatus, Mapping[SkuStatus, SkuStep]] = MappingProxyType(
    {SkuStatus.REVIEW_FAILED: {SkuStatus.UNDER_REVIEW: Step(DAY, SkuStatus.REVIEW_FAILED)}}
)
"""How a SKU that ends in trouble gets there: steps that take the place of the table's."""


def add_sku(world: World, sku: Sku) -> None:
    """Put a SKU into the catalogue, and plan its next step towards being usable."""
    world.skus[sku.code] = sku
    world.sku_by_reference[sku.reference] = sku.code
    SKU_COURSE.plan(world, sku.code, sku, sku.modified_at_s)


def _step_of(world: World, sku: Sku) -> SkuStep | None:
    trouble = world.sku_troubles.get(sku.code)
    instead = SKU_TROUBLES[trouble] if trouble is not None else {}
    return instead.get(sku.status) or SKU.get(sku.status)


def _take_step(_: World, sku: Sku, step: SkuStep, at_s: int) -> Sku:
    return sku._replace(status=step.then, modified_at_s=at_s)


SKU_COURSE = Course("sku_moves_on", lambda world: world.skus, _step_of, _take_step)
