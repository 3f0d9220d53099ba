"""Distances between schools, on a sphere."""

import math

EARTH_KM = 6371.0
Point = tuple[float, float]  # degrees north, degrees east


def distance_km(one: Point, other: Point) -> float:
    """The great-circle distance (haversine), within half a per cent of the true one."""
    north, east = math.radians(other[0] - one[0]), math.radians(other[1] - one[1])
    half = math.sin(north / 2) ** 2
    half += math.cos(math.radians(one[0])) * math.cos(math.radians(other[0])) * math.sin(east / 2) ** 2
    return 2 * EARTH_KM * math.asin(min(1.0, math.sqrt(half)))


def point_of(place: str) -> Point | None:
    """``"38.4,27.1"`` as a point; None for anything else."""
    north, comma, east = place.partition(",")
    try:
        point = float(north), float(east)
    except ValueError:
        return None
    inside = abs(point[0]) <= 90 and abs(point[1]) <= 180
    return point if comma and inside else None
