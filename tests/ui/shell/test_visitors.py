"""Who asks for data: the visitor of a page or of a request, else the machine itself."""

import pytest
from starlette.requests import Request

from ae_core.data.own import access
from ae_core.data.own.importing import Wanted, import_files
from ae_core.data.own.store import OwnData
from tests.data.made_files import npz
from ui.shell import browser, incoming, visitors

SECRET = "0123456789abcdef" * 2


@pytest.fixture
def record(embedded, tmp_path, monkeypatch):
    monkeypatch.setenv("AE_RUNS", str(tmp_path / "runs"))
    data = npz(images=embedded.test.images[::10], labels=embedded.test.labels[::10])
    return import_files([("a.npz", data)], Wanted("shoes", visitor=browser.visitor_of(SECRET)))


def request(cookie: str) -> Request:
    return Request({"type": "http", "headers": [(b"cookie", cookie.encode())]})


def test_a_request_asks_for_who_has_the_cookie_and_a_thread_of_the_server_for_the_machine(record):
    assert visitors.asking() is access.MACHINE
    with visitors.by_request(request(f"{browser.COOKIE}={SECRET}")):
        assert OwnData().has(record.name)
    for cookie in ("", f"{browser.COOKIE}={SECRET[::-1]}", f"{browser.COOKIE}={record.visitor}"):
        with visitors.by_request(request(cookie)):
            assert not OwnData().has(record.name), cookie
    assert OwnData().has(record.name)


def test_who_has_a_tab_open_is_here(monkeypatch):
    monkeypatch.setattr(visitors, "here", {"open": "ann", "away": "bob", "closed long ago": "eve"})
    monkeypatch.setattr(incoming, "sessions", lambda: ({"open", "away", "new"}, {"open", "new"}))
    assert visitors.present() == {"ann"}
    assert visitors.here == {"open": "ann", "away": "bob"}
