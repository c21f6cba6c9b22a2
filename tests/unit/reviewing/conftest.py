"""A conversation of the relay's world, and a desk before it."""

import pytest

from parley.reviewing.ports import Desk
from tests.support.fake_reviews import a_desk
from tests.support.relay_world import World


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def desk(world: World) -> Desk:
    return a_desk(world)
