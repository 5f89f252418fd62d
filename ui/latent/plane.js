// All codes of two values as a plane of tiles; the one under the pointer is decoded beside it.
const SIDE = 28
const STEP = 0.02 // of the plane's width, for a key
const KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }
const states = new WeakMap()

export default function ({ data, parentElement, setStateValue, setTriggerValue }) {
  let state = states.get(parentElement)
  if (!state) {
    const keep = (place) => setStateValue("place", place)
    state = makePlane(parentElement, keep, () => setTriggerValue("cannot", true))
    states.set(parentElement, state)
  }
  state.take(data)
  return state.rest
}

function makePlane(root, keep, giveUp) {
  const find = (selector) => root.querySelector(selector)
  const [field, tiles, marks, screen] = [".field", ".tiles", ".marks", ".decoded canvas"].map(find)
  const resized = new ResizeObserver(() => network && mark())
  let data, network, lab, paint
  let place // that was chosen
  let dots, known
  let request = 0

  function take(given) {
    resized.observe(field)
    const isAsked = data?.adopted !== given.adopted
    const isKnown = data?.model === given.model
    data = given
    if (isKnown) {
      if (isAsked) place = data.place
      return network && show(place) // another theme has other colours
    }
    network = undefined
    import(new URL(given.module, location.href))
      .then((module) => {
        lab = module
        return lab.ready(given)
      })
      .then((found) => {
        if (data?.model !== given.model) return
        ;({ network, paint } = found)
        place = data.place
        dots = lab.floats(data.dots)
        known = lab.floats(data.known)
        for (const [name, axis] of [["across", 0], ["up", 1]])
          for (const end of ["low", "high"]) find(`.${name}.${end}`).textContent = data[end][axis].toPrecision(3)
        tiles.width = tiles.height = data.side * SIDE
        field.dataset.lines = 0
        drawLine(network, 0)
        show(place)
      }, fail)
  }

  // With the server away it is tried again when the page is drawn anew.
  function fail() {
    data = undefined
    giveUp()
  }

  // A line of tiles a frame, so that the page stays quick.
  function drawLine(of, line) {
    if (of !== network || line >= data.side) return
    const tile = Object.assign(document.createElement("canvas"), { width: SIDE, height: SIDE })
    for (let column = 0; column < data.side; column++) {
      const share = [column / (data.side - 1), 1 - line / (data.side - 1)]
      const code = share.map((part, axis) => data.low[axis] + part * (data.high[axis] - data.low[axis]))
      paint.ink(tile, network.decode(Float32Array.from(code)))
      tiles.getContext("2d").drawImage(tile, column * SIDE, line * SIDE)
    }
    field.dataset.lines = line + 1
    requestAnimationFrame(() => drawLine(of, line + 1))
  }

  function show(where) {
    paint.ink(screen, network.decode(Float32Array.from(where)))
    find("figcaption").textContent = `decoded from (${where.map((value) => value.toFixed(2)).join(", ")})`
    const none = new Float32Array(known.length / 2)
    lab.tellDistance(find(".told"), lab.nearestDistance(where, known, none), data.usual, none.length)
    mark(where)
  }

  // The middle of the outermost tiles stands at `low` and `high`: half a tile lies beyond.
  const margin = () => 0.5 / data.side
  const span = (axis) => data.high[axis] - data.low[axis]
  const inside = (axis, value) => Math.min(data.high[axis], Math.max(data.low[axis], value))

  function mark(where = place) {
    const ratio = devicePixelRatio || 1
    const width = field.clientWidth
    marks.width = marks.height = width * ratio
    const context = marks.getContext("2d")
    context.scale(ratio, ratio)
    const on = (value, axis) => {
      const share = margin() + ((value - data.low[axis]) / span(axis)) * (1 - 2 * margin())
      return width * (axis ? 1 - share : share)
    }
    context.fillStyle = data.dot
    context.globalAlpha = 0.6
    for (let at = 0; at < dots.length; at += 2) {
      context.beginPath()
      context.arc(on(dots[at], 0), on(dots[at + 1], 1), 1.5, 0, 2 * Math.PI)
      context.fill()
    }
    context.globalAlpha = 1
    for (const [colour, thickness] of [["#000", 5], ["#fff", 2.5]]) {
      Object.assign(context, { strokeStyle: colour, lineWidth: thickness })
      context.beginPath()
      context.arc(on(where[0], 0), on(where[1], 1), 9, 0, 2 * Math.PI)
      context.stroke()
    }
  }

  function under(event) {
    const { left, top, width, height } = field.getBoundingClientRect()
    const shares = [(event.clientX - left) / width, 1 - (event.clientY - top) / height]
    return shares.map((share, axis) => inside(axis, data.low[axis] + ((share - margin()) / (1 - 2 * margin())) * span(axis)))
  }

  function soon(where) {
    cancelAnimationFrame(request)
    request = requestAnimationFrame(() => show(where))
  }

  field.onpointerdown = (event) => {
    if (!network) return
    field.setPointerCapture(event.pointerId)
    place = under(event)
    soon(place)
  }
  field.onpointermove = (event) => {
    if (!network) return
    if (field.hasPointerCapture(event.pointerId)) place = under(event)
    soon(under(event)) // a mouse need not press
  }
  field.onpointerup = field.onpointercancel = () => network && keep(place)
  field.onpointerleave = () => network && soon(place)
  field.onkeydown = (event) => {
    const way = KEYS[event.key]
    if (!network || !way) return
    event.preventDefault()
    place = place.map((value, axis) => inside(axis, value + way[axis] * STEP * span(axis)))
    soon(place)
  }
  field.onkeyup = (event) => network && KEYS[event.key] && keep(place)

  return { take, rest: () => resized.disconnect() }
}
