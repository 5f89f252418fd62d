"""A client of the lab that is no browser: it sends whatever the protocol can carry."""

import http.client
from contextlib import ExitStack
from email.message import Message
from http.cookies import SimpleCookie
from urllib.parse import urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.sync.client import connect

PATIENCE = 60  # seconds until a page is drawn, on a busy machine
BOUNDARY = "the-end-of-a-part"


class Visitor:
    """`with Visitor(lab.url) as visitor: visitor.open("draw")`: one tab. cookie: sent with all requests."""

    def __init__(self, url: str, cookie: str = "") -> None:
        self.cookie = cookie
        self.host = urlsplit(url).netloc
        self.session = ""
        self.words = ""  # of all elements since the last page was asked for
        self.open_until_the_end = ExitStack()

    def __enter__(self) -> "Visitor":
        self.socket = self.open_until_the_end.enter_context(
            connect(
                f"ws://{self.host}/_stcore/stream",
                subprotocols=["streamlit"],
                additional_headers={"Cookie": self.cookie},
                max_size=None,
            )
        )
        return self

    def __exit__(self, *_: object) -> None:
        self.open_until_the_end.close()

    def open(self, page: str, *states: WidgetState) -> None:
        """Shows a page and waits until it is drawn."""
        asked = BackMsg()
        asked.rerun_script.page_name = page
        asked.rerun_script.widget_states.widgets.extend(states)
        self.words = ""
        self.socket.send(asked.SerializeToString())
        self.listen()

    def listen(self) -> None:
        """Until a run of the page has ended."""
        while True:
            message = ForwardMsg.FromString(self.socket.recv(timeout=PATIENCE))
            kind = message.WhichOneof("type")
            if kind == "new_session":
                self.session = message.new_session.initialize.session_id
            elif kind == "delta":
                self.words += f"\n{message.delta}"
            elif kind == "script_finished" and message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                return

    def id_of(self, key: str) -> str:
        """The id of the widget with this key on the page in view."""
        return next(each for each in self.words.split('"') if each.endswith(f"-{key}"))

    def send_file(
        self, file_id: str, data: bytes, *, announced: int | None = None
    ) -> http.client.HTTPResponse:
        """Sends a file as the front end does; announced: its size, where less than that is sent."""
        caller, body = self.begin_file(file_id, data, announced=announced)
        caller.send(body)
        return caller.getresponse()

    def begin_file(
        self, file_id: str, data: bytes, *, announced: int | None = None
    ) -> tuple[http.client.HTTPConnection, bytes]:
        """The head of an upload alone; the connection and the body that is still to be sent."""
        token = self.token()
        part = Message()
        part["Content-Disposition"] = f'form-data; name="{file_id}"; filename="picture.png"'
        part["Content-Type"] = "image/png"
        body = f"--{BOUNDARY}\r\n".encode() + part.as_bytes().replace(b"\n", b"\r\n") + data
        body += f"\r\n--{BOUNDARY}--\r\n".encode()
        caller = http.client.HTTPConnection(self.host, timeout=PATIENCE)
        self.open_until_the_end.callback(caller.close)
        caller.putrequest("PUT", f"/_stcore/upload_file/{self.session}/{file_id}")
        caller.putheader("Content-Type", f"multipart/form-data; boundary={BOUNDARY}")
        caller.putheader("Content-Length", str(announced or len(body)))
        caller.putheader("Cookie", f"_streamlit_xsrf={token}; {self.cookie}")
        caller.putheader("X-Xsrftoken", token)
        caller.endheaders()
        return caller, body

    def token(self) -> str:
        """Against requests that other sites make; any client may ask for one."""
        answer = self.get("/_stcore/health")
        cookies = SimpleCookie(answer.headers["Set-Cookie"])
        return cookies["_streamlit_xsrf"].value

    def bytes_held(self) -> int:
        """What the server holds of all visitors' files."""
        told = self.get("/_stcore/metrics").read().decode()
        lines = (line for line in told.splitlines() if 'cache_type="UploadedFileManager"' in line)
        return sum(int(float(line.split()[-1])) for line in lines)

    def get(self, path: str) -> http.client.HTTPResponse:
        caller = http.client.HTTPConnection(self.host, timeout=PATIENCE)
        self.open_until_the_end.callback(caller.close)
        caller.request("GET", path, headers={"Cookie": self.cookie})
        return caller.getresponse()
