"""What concerns every test here."""

import pytest


@pytest.fixture(autouse=True)
def nothing_of_one_s_own(tmp_path, monkeypatch):
    """The models and the OCIO configuration of whoever runs the tests do not count."""
    monkeypatch.setenv("PENUMBRA_DATA", str(tmp_path / "data"))
    monkeypatch.delenv("PENUMBRA_COMMERCIAL", raising=False)
    monkeypatch.delenv("OCIO", raising=False)
