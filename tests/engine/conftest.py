"""What concerns every test here."""

import pytest


@pytest.fixture(autouse=True)
def no_models_of_one_s_own(tmp_path, monkeypatch):
    """The models that whoever runs the tests has added do not count."""
    monkeypatch.setenv("PENUMBRA_DATA", str(tmp_path / "data"))
    monkeypatch.delenv("PENUMBRA_COMMERCIAL", raising=False)
