// A drawing, its latent code and its reconstruction, all computed in the browser as the pen moves. The server hears
// afterwards what is shown, for the page's address.
const SIDE = 28
const PEN = 22 // of 280 pixels
const SOON = 300 // milliseconds
const states = new WeakMap()

export default function ({ data, parentElement, setStateValue, setTriggerValue }) {
  let state = states.get(parentElement)
  if (!state) {
    const report = (shown) => setStateValue("shown", shown)
    state = makeStudio(parentElement, report, () => setTriggerValue("cannot", true))
    states.set(parentElement, state)
  }
  state.take(data)
}

function makeStudio(root, report, giveUp) {
  const find = (selector) => root.querySelector(selector)
  const pad = find(".drawn canvas")
  const pen = pad.getContext("2d", { willReadFrequently: true })
  const bars = find(".code canvas")
  const screen = find(".reconstructed canvas")
  let data, network, lab, paint
  let image, code // what is in view; no image where the code was changed by hand
  let chosen = 0 // the value of the code that keys change
  let waits = false
  let last // point of the stroke that is being drawn
  let sample // the test digit on the pad, if it is one
  let strokes = [] // of x, y, x, y ...
  let ground // a picture of a link, beneath the strokes
  let reporting

  function take(given) {
    const isAsked = data?.shown.version !== given.shown.version
    if (data && !isAsked && data.model === given.model && data.digits === given.digits) return
    const before = data
    data = given
    const coming = import(new URL(data.module, location.href)).then((module) => {
      lab = module
      return lab.ready(given)
    })
    coming.then((found) => {
      if (data !== given) return
      ;({ network, paint } = found)
      const isSame = before?.digits === data.digits
      if (!isSame) showStarts()
      if (isSame && !isAsked && image) return see()
      open(data.shown)
    }, giveUp)
  }

  // -- what it shows

  function see() {
    if (sample === undefined) image = lab.digitFromDrawing(pad)
    code = image && network.encode(image)
    show()
  }

  function show() {
    const made = code && network.decode(code)
    if (code) paint.ink(screen, made)
    else paint.nothing(screen)
    drawBars()
    if (!code) tell("Draw a digit, or anything else.")
    else if (!image) tell("A code that you made, and what the network decodes it to.")
    else tell(lab.errorInWords(lab.meanSquare(image, made), data.errors, data.among))
    root.querySelector(".studio").dataset.shows = code ? (image ? "drawing" : "code") : "nothing"
  }

  function tell(words) {
    find(".told").textContent = words
  }

  function drawBars() {
    const ratio = devicePixelRatio || 1
    const { clientWidth: width, clientHeight: height } = bars
    bars.width = width * ratio
    bars.height = height * ratio
    const context = bars.getContext("2d")
    context.scale(ratio, ratio)
    const style = getComputedStyle(root.querySelector(".studio"))
    const each = width / data.span.length
    context.fillStyle = style.getPropertyValue("--st-border-color")
    context.fillRect(0, height / 2 - 0.5, width, 1)
    data.span.forEach((span, place) => {
      const part = Math.max(-1, Math.min(1, (code ? code[place] : 0) / span))
      context.fillStyle = part < 0 ? data.below : data.above
      const tall = Math.abs((part * height) / 2)
      context.fillRect(place * each + 1, part < 0 ? height / 2 : height / 2 - tall, Math.max(1, each - 2), tall)
    })
    if (root.activeElement === bars || root.ownerDocument?.activeElement === bars) {
      context.strokeStyle = style.getPropertyValue("--st-primary-color")
      context.strokeRect(chosen * each + 0.5, 1, each - 1, height - 2)
    }
    bars.setAttribute("aria-valuenow", code ? code[chosen].toFixed(2) : "0")
    bars.setAttribute("aria-valuetext", `Value ${chosen + 1} of ${data.span.length}: ${code ? code[chosen].toFixed(2) : "none"}`)
    find(".code figcaption").textContent = `Latent code: ${data.span.length} values · drag one`
  }

  function showStarts() {
    const buttons = samples().map((digit, place) => {
      const button = document.createElement("button")
      const picture = document.createElement("canvas")
      picture.width = picture.height = SIDE
      paint.ink(picture, digit)
      button.append(picture)
      button.type = "button"
      button.setAttribute("aria-label", `Test digit ${data.labels[place]}`)
      button.onclick = () => {
        start(place)
        soonReport()
      }
      return button
    })
    const clear = document.createElement("button")
    clear.type = "button"
    clear.className = "clear"
    clear.textContent = "Clear"
    clear.onclick = () => {
      wipe()
      see()
      soonReport()
    }
    find(".starts").replaceChildren(...buttons, clear)
  }

  function samples() {
    const bytes = lab.bytes(data.digits)
    const count = bytes.length / SIDE ** 2
    return Array.from({ length: count }, (_, place) =>
      Float32Array.from(bytes.subarray(place * SIDE ** 2, (place + 1) * SIDE ** 2), (value) => value / 255),
    )
  }

  function start(place) {
    wipe()
    sample = Math.min(place, samples().length - 1)
    image = samples()[sample]
    const small = document.createElement("canvas")
    small.width = small.height = SIDE
    paint.ink(small, image)
    pen.imageSmoothingEnabled = false
    pen.drawImage(small, 0, 0, pad.width, pad.height)
    code = network.encode(image)
    show()
  }

  /** What an address says: a test digit, a code, or a drawing. */
  async function open(shown) {
    if (shown.sample !== null) return start(shown.sample)
    wipe()
    if (shown.code) {
      code = Float32Array.from(shown.code)
      image = undefined
      return show()
    }
    if (shown.ground) {
      ground = new Image()
      ground.src = shown.ground
      await ground.decode()
      pen.drawImage(ground, 0, 0, pad.width, pad.height)
    }
    for (const [width, points] of shown.strokes) {
      strokes.push(points)
      for (let at = 0; at < points.length; at += 2) {
        const before = Math.max(0, at - 2)
        line(points.slice(before, before + 2), points.slice(at, at + 2), width)
      }
    }
    see()
  }

  // -- what a person does

  function wipe() {
    pen.fillStyle = "#000"
    pen.fillRect(0, 0, pad.width, pad.height)
    sample = ground = undefined
    strokes = []
  }

  function soonReport() {
    clearTimeout(reporting)
    reporting = setTimeout(() => {
      if (code && !image) report({ code: Array.from(code) })
      else if (sample !== undefined) report({ sample })
      else report({ strokes, on_ground: ground !== undefined })
    }, SOON)
  }

  function soon(act) {
    if (waits || !network) return
    waits = true
    requestAnimationFrame(() => {
      waits = false
      act()
    })
  }

  function point(event) {
    const { left, top, width } = pad.getBoundingClientRect()
    const place = [((event.clientX - left) / width) * pad.width, ((event.clientY - top) / width) * pad.height]
    return place.map((each) => Math.round(each * 4) / 4) // as fine as a link has it
  }

  function draw(event) {
    const here = point(event)
    strokes.at(-1).push(...here)
    line(last, here, PEN)
    last = here
    soon(see)
  }

  function line(from, to, width) {
    Object.assign(pen, { strokeStyle: "#fff", fillStyle: "#fff", lineWidth: width, lineCap: "round" })
    pen.beginPath()
    pen.moveTo(...from)
    pen.lineTo(...to)
    pen.stroke()
    pen.beginPath() // a touch alone leaves a dot
    pen.arc(...to, width / 2, 0, 2 * Math.PI)
    pen.fill()
  }

  pad.onpointerdown = (event) => {
    if (!network) return
    pad.setPointerCapture(event.pointerId)
    if (sample !== undefined) wipe()
    last = point(event)
    strokes.push([])
    draw(event)
  }
  pad.onpointermove = (event) => last && draw(event)
  pad.onpointerup = pad.onpointercancel = () => {
    if (last) soonReport()
    last = undefined
  }

  function change(place, value) {
    code = code ? code.slice() : new Float32Array(data.span.length)
    code[place] = value
    image = undefined
    chosen = place
    soon(show)
    soonReport()
  }

  function pull(event) {
    const { left, top, width, height } = bars.getBoundingClientRect()
    const inside = (share) => Math.max(0, Math.min(0.9999, share))
    const place = event.type === "pointerdown" ? Math.floor(inside((event.clientX - left) / width) * data.span.length) : chosen
    change(place, (1 - 2 * inside((event.clientY - top) / height)) * data.span[place])
  }

  bars.onpointerdown = (event) => {
    if (!network) return
    bars.setPointerCapture(event.pointerId)
    pull(event)
  }
  bars.onpointermove = (event) => bars.hasPointerCapture(event.pointerId) && pull(event)
  bars.onkeydown = (event) => {
    const aside = { ArrowLeft: -1, ArrowRight: 1 }[event.key]
    const up = { ArrowUp: 0.1, ArrowDown: -0.1 }[event.key]
    if (!network || (!aside && !up)) return
    event.preventDefault()
    if (aside) chosen = (chosen + aside + data.span.length) % data.span.length
    if (up) change(chosen, (code ? code[chosen] : 0) + up * data.span[chosen])
    else soon(drawBars)
  }
  bars.onfocus = bars.onblur = () => soon(drawBars)

  wipe()
  return { take }
}
