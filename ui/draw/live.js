// Follows the canvas of the page Draw: what is on it, its reconstruction and its error, at each movement of the pen.
const PAD = 280
const FRAME = "[data-testid=stBidiComponentIsolated]"
const states = new WeakMap()

export default function ({ data, parentElement, setTriggerValue }) {
  let state = states.get(parentElement)
  if (!state) {
    state = follow(parentElement, () => setTriggerValue("cannot", true))
    states.set(parentElement, state)
  }
  state.take(data)
  return state.rest
}

function follow(root, giveUp) {
  const live = root.querySelector(".live")
  const [seen, made, error, over] = live.querySelectorAll("canvas")
  const told = live.querySelector(".told")
  const pad = Object.assign(document.createElement("canvas"), { width: PAD, height: PAD })
  const ink = pad.getContext("2d", { willReadFrequently: true })
  let data, network, lab, paint
  let isPenDown = false
  let request = 0
  let listening

  function take(given) {
    const known = data && data.model === given.model
    data = given
    listen()
    if (known) return network && settle()
    network = undefined
    import(new URL(data.module, location.href))
      .then((module) => {
        lab = module
        return lab.ready(given)
      })
      .then((found) => {
        if (data?.model !== given.model) return
        ;({ network, paint } = found)
        settle()
      }, fail)
  }

  // With the server away it is tried again when the page is drawn anew.
  function fail() {
    data = undefined
    giveUp()
  }

  // What the server judged; it comes after the stroke that it judges, so a pen that moves again goes before it.
  function settle() {
    if (isPenDown) return
    const judged = data.judged && Float32Array.from(lab.bytes(data.judged), (value) => value / 255)
    show(judged, "judged")
  }

  function show(image, what) {
    live.dataset.shows = image ? what : "nothing"
    if (!image) {
      for (const canvas of [seen, made, error, over]) paint.nothing(canvas)
      told.textContent = "They follow the pen."
      return
    }
    const found = network.decode(network.encode(image))
    paint.ink(seen, image)
    paint.ink(made, found)
    paint.error(error, image, found, data.full_error)
    paint.ink(over, image)
    told.textContent = lab.errorInWords(lab.meanSquare(image, found), data.errors, data.among)
  }

  // The canvas has one layer for what is drawn and another for the stroke under the pen, in a tree of its own.
  function layers() {
    for (const frame of document.querySelectorAll(FRAME))
      for (const host of [frame, ...frame.querySelectorAll("*")]) {
        const upper = host.shadowRoot?.querySelector("canvas.upper-canvas")
        if (upper) return [host.shadowRoot.querySelector("canvas:not(.upper-canvas, .dc-background-canvas)"), upper]
      }
    return []
  }

  function look() {
    request = 0
    const found = layers()
    if (!network || !found.length) return
    ink.fillStyle = "#000"
    ink.fillRect(0, 0, PAD, PAD)
    for (const layer of found) ink.drawImage(layer, 0, 0, PAD, PAD)
    const image = lab.digitFromDrawing(pad)
    if (image) show(image, "drawing") // that it is empty the server says: for a moment a stroke is on neither layer
  }

  function soon() {
    request ||= requestAnimationFrame(look)
  }

  function listen() {
    if (listening) return
    listening = new AbortController()
    const { signal } = listening
    const hear = (name, act) => document.addEventListener(name, act, { signal, capture: true, passive: true })
    hear("pointerdown", (event) => {
      isPenDown = event.composedPath().includes(layers()[1])
      if (isPenDown) soon()
    })
    hear("pointermove", () => isPenDown && soon())
    for (const name of ["pointerup", "pointercancel"])
      hear(name, () => {
        if (isPenDown) requestAnimationFrame(soon) // by then the stroke has come from one layer to the other
        isPenDown = false
      })
  }

  function rest() {
    listening?.abort()
    listening = undefined
    cancelAnimationFrame(request)
    request = 0
  }

  return { take, rest }
}
