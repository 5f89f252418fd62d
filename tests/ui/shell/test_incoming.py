"""Files that nobody asked for: refused before they are read, few at a time, and freed with the tab."""

import base64
import http.client

import psutil
import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetState

from ae_core.drawing.samples import real_digit
from tests.visitor import Visitor
from tools.lab_server import LabServer
from ui.pictures.mosaic import data_uri
from ui.shell.incoming import FILES_AT_ONCE

pytestmark = pytest.mark.processes
MEGABYTE = b"x" * 2**20
LARGE = 31 * 2**20


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    with LabServer(tmp_path_factory.mktemp("lab") / "runs", data=tmp_path_factory.mktemp("data")) as lab:
        yield lab
        assert "Traceback" not in lab.log.read_text()


@pytest.fixture
def visitor(lab):
    with Visitor(lab.url) as visitor:
        yield visitor


def test_a_file_that_no_field_asks_for_is_refused_before_it_is_read(visitor):
    visitor.open("home")
    caller, _ = visitor.begin_file("any", b"", announced=LARGE)
    assert caller.getresponse().status == http.client.FORBIDDEN


def test_a_session_holds_two_files_however_many_it_sends_and_none_when_its_tab_is_closed(
    lab, visitor, wait_until
):
    with Visitor(lab.url) as other:
        other.open("draw")
        told = WidgetState(id=other.id_of("upload"))
        for number in range(5):  # a client may say that the field has them all
            told.file_uploader_state_value.uploaded_file_info.add(file_id=f"file-{number}")
        other.open("draw", told)
        for number in range(5):
            assert other.send_file(f"file-{number}", MEGABYTE).status == http.client.NO_CONTENT
        wait_until(lambda: visitor.bytes_held() == 2 * len(MEGABYTE))  # the field's and the last
    wait_until(lambda: visitor.bytes_held() == 0)


def test_what_many_large_files_took_of_the_machine_is_given_back(lab, visitor):
    visitor.open("draw")
    server = psutil.Process(lab.process.pid)
    before = server.memory_info().rss
    with Visitor(lab.url) as other:
        other.open("draw")
        for number in range(20):
            assert other.send_file(f"file-{number}", MEGABYTE * 31).status == http.client.NO_CONTENT
        assert server.memory_info().rss - before < 5 * LARGE
    assert server.memory_info().rss - before < 3 * LARGE


def test_more_files_at_once_than_anybody_chooses_are_refused_in_words(visitor):
    visitor.open("draw")
    begun = [visitor.begin_file(f"file-{number}", MEGABYTE) for number in range(FILES_AT_ONCE)]
    for caller, body in begun:
        caller.send(body[:1000])
    refused = visitor.send_file("one-more", b"")
    assert refused.status == http.client.TOO_MANY_REQUESTS
    visitor.listen()
    assert "A file was refused: at most 2 may be on their way at once." in visitor.words
    for caller, body in begun:
        caller.send(body[1000:])
        assert caller.getresponse().status == http.client.NO_CONTENT
    assert visitor.send_file("one-more", b"").status == http.client.NO_CONTENT


def test_a_file_is_held_until_it_is_read(visitor, embedded, wait_until):
    visitor.open("draw")
    picture = base64.b64decode(data_uri(real_digit(embedded.test.images, 0)).partition(",")[2])
    assert visitor.send_file("picture", picture).status == http.client.NO_CONTENT
    wait_until(lambda: visitor.bytes_held() == len(picture))
    state = WidgetState(id=visitor.id_of("upload"))
    state.file_uploader_state_value.uploaded_file_info.add(file_id="picture", name="picture.png")
    visitor.open("draw", state)
    assert "its score is usual" in visitor.words
    wait_until(lambda: visitor.bytes_held() == 0)
