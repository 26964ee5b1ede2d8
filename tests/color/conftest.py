"""The built-in configuration, opened once."""

import pytest

from penumbra.color import Config, open_config


@pytest.fixture(scope="session")
def studio() -> Config:
    return open_config("studio")
