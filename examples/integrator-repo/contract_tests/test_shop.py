"""Tests that use no sandbox."""

from mock_server.shop import order

import mock_server


def test_the_folder_is_the_repositorys_own():
    assert mock_server.__file__ is not None
    assert "integrator-repo" in mock_server.__file__


def test_an_order_has_its_reference():
    assert order("A-1")["referenceNumber"] == "A-1"
