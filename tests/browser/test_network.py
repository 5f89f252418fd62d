"""A network in the browser is the network: its codes and reconstructions are PyTorch's."""

import base64
from urllib.error import HTTPError
from urllib.request import urlopen

import numpy as np
import pytest
from playwright.sync_api import Page

from ae_core import zoo
from ae_core.drawing import samples
from ae_core.drawing.ink import digit_from_drawing
from ae_core.models.inference import encode, reconstruct
from tools.lab_server import LabServer
from ui.pictures import mosaic
from ui.shell import routes

pytestmark = pytest.mark.browser
RUN = """async ([module, model, digits]) => {
  const network = await (await import(module)).network(model)
  const bytes = Uint8Array.from(atob(digits), (letter) => letter.charCodeAt(0))
  const found = [[], []]
  for (let start = 0; start < bytes.length; start += 784) {
    const code = network.encode(Float32Array.from(bytes.subarray(start, start + 784), (value) => value / 255))
    found[0].push(...code)
    found[1].push(...network.decode(code))
  }
  return found.map((values) => {
    const raw = new Uint8Array(new Float32Array(values).buffer)
    let text = ""
    for (let at = 0; at < raw.length; at += 8192) text += String.fromCharCode(...raw.subarray(at, at + 8192))
    return btoa(text)
  })
}"""


@pytest.mark.parametrize("name", zoo.names())
def test_a_thousand_codes_and_reconstructions_are_those_of_pytorch(
    page: Page, server: LabServer, embedded, name: str
) -> None:
    model, images = zoo.load(name), embedded.test.images
    page.goto(server.url + routes.code_address())
    address = routes.model_address(f"zoo:{name}", model)
    digits = base64.b64encode(images.tobytes()).decode()
    codes, pictures = (
        np.frombuffer(base64.b64decode(each), np.float32)
        for each in page.evaluate(RUN, [routes.code_address(), address, digits])
    )
    np.testing.assert_allclose(codes.reshape(len(images), -1), encode(model, images), atol=1e-3)
    np.testing.assert_allclose(pictures.reshape(images.shape), reconstruct(model, images), atol=1e-3)


@pytest.mark.parametrize("path", ["zoo%3Adense-32/0000000000000000", "zoo%3Anothing/00", "..%2F..%2Fetc/00"])
def test_what_is_not_there_or_has_changed_is_not_sent(server: LabServer, path: str) -> None:
    with pytest.raises(HTTPError, match=r"40[04]"):
        urlopen(f"{server.url}/lab/models/{path}")


def test_home_can_be_called_by_its_name(server: LabServer) -> None:
    with urlopen(f"{server.url}/home?model=zoo%3Adense-2") as answer:
        assert answer.url == f"{server.url}/?model=zoo%3Adense-2"


READ = """async ([module, pads]) => {
  const { digitFromDrawing } = await import(module)
  const bytes = Uint8ClampedArray.from(atob(pads), (letter) => letter.charCodeAt(0))
  const found = []
  for (let start = 0; start < bytes.length; start += 4 * 280 * 280) {
    const pad = new OffscreenCanvas(280, 280)
    pad.getContext("2d").putImageData(new ImageData(bytes.slice(start, start + 4 * 280 * 280), 280), 0, 0)
    found.push([...digitFromDrawing(pad)].map((value) => Math.round(255 * value)))
  }
  return found
}"""


def test_a_drawing_is_read_as_the_server_reads_it(page: Page, server: LabServer, embedded) -> None:
    pads = [samples.letter(seed) for seed in range(8)] + [samples.scribble(seed) for seed in range(8)]
    pads += [samples.real_digit(embedded.test.images, seed) for seed in range(16)]
    page.goto(server.url + routes.code_address())
    sent = base64.b64encode(np.stack(pads).tobytes()).decode()
    found = np.array(page.evaluate(READ, [routes.code_address(), sent])).reshape(-1, 28, 28)
    read = [digit_from_drawing(each, on_black=True).image for each in pads]
    np.testing.assert_allclose(found, np.stack(read).astype(int), atol=1)


PAINT = """async ([module, colours, digits, made, full]) => {
  const lab = await import(module)
  const screen = Object.assign(document.createElement("canvas"), { width: 28, height: 28 })
  const image = Float32Array.from(lab.bytes(digits), (value) => value / 255)
  lab.painters(colours).error(screen, image, lab.floats(made), full)
  return [...screen.getContext("2d").getImageData(0, 0, 28, 28).data]
}"""


def test_an_error_has_the_same_colours_in_the_browser_as_in_the_servers_pictures(
    page: Page, server: LabServer, embedded
) -> None:
    page.goto(server.url + routes.code_address())
    images = embedded.test.images[:1]
    made = reconstruct(zoo.load("dense-2"), images)
    sent = [base64.b64encode(each.tobytes()).decode() for each in (images, made)]
    for full in (0.05, 0.4):  # with and without pixels beyond it
        painted = page.evaluate(PAINT, [routes.code_address(), mosaic.COLOURS, *sent, full])
        found = np.array(painted).reshape(28, 28, 4)[..., :3]
        np.testing.assert_allclose(found, mosaic.error_tiles(images, made, full)[0].astype(int), atol=1)
