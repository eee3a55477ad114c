"""Draws that `random.Random` does not have, in the field's terms."""

import math
from random import Random


def stream(seed: int, name: str) -> Random:
    """A stream of chance of its own for each purpose: what one draws does not move another."""
    return Random(f"{seed}:{name}")  # noqa: S311 - a simulation, no secret


def around(rng: Random, mean: float, sd: float) -> float:
    """A normal draw held within 2.5 standard deviations, so that no day is absurd."""
    return mean + sd * max(-2.5, min(2.5, rng.gauss(0.0, 1.0)))


def spread(rng: Random, median: float, sigma: float) -> float:
    """A log-normal draw: durations and gaps of human activity are skewed, and never negative."""
    return median * math.exp(sigma * max(-3.0, min(3.0, rng.gauss(0.0, 1.0))))


def over_dispersed(rng: Random, sd: float) -> float:
    """A factor of mean 1 and standard deviation `sd` (gamma): what makes counts vary more than Poisson's."""
    shape = 1.0 / sd**2
    return rng.gammavariate(shape, 1.0 / shape)


def poisson(rng: Random, mean: float) -> int:
    """A Poisson count, by multiplication of uniforms (Knuth, TAOCP vol. 2, 3.4.1); for small means."""
    limit, product, count = math.exp(-mean), rng.random(), 0
    while product > limit:
        product *= rng.random()
        count += 1
    return count
