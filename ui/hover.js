// Pictures of the point under the pointer, beside the text that Plotly itself shows there. The chart stays
// Streamlit's own: this only listens to it, so zoom, selection and saving are untouched, and where it cannot
// listen the text remains.
const SIDE = 28
const APART = 26 // pixels from the pointer, so that Plotly's label fits beneath
const states = new WeakMap()

export default function ({ data, parentElement }) {
  let state = states.get(parentElement)
  if (!state) {
    state = listen(parentElement)
    states.set(parentElement, state)
  }
  state.sheets = data.sheets.map(load)
  return state.leave
}

function load(source) {
  const sheet = new Image()
  sheet.src = source
  return sheet
}

function listen(root) {
  const card = root.querySelector(".card")
  const tiles = [...root.querySelectorAll("canvas")].map((canvas) => canvas.getContext("2d"))
  const scene = root.host.closest("[class*=st-key-with-pictures]")
  const known = new WeakSet()
  const state = { sheets: [] }
  const hide = () => (card.hidden = true)

  function show({ points, event }) {
    const number = points[0].customdata?.[0]
    if (number === undefined || !state.sheets.every((sheet) => sheet.naturalWidth)) return hide()
    tiles.forEach((tile, place) => {
      const sheet = state.sheets[place]
      const columns = sheet.naturalWidth / SIDE
      const [x, y] = [number % columns, Math.floor(number / columns)]
      tile.drawImage(sheet, x * SIDE, y * SIDE, SIDE, SIDE, 0, 0, SIDE, SIDE)
    })
    card.dataset.number = number
    card.hidden = false
    const [width, height] = [card.offsetWidth, card.offsetHeight]
    const left = Math.min(Math.max(event.clientX - width / 2, 4), innerWidth - width - 4)
    const above = event.clientY - height - APART
    card.style.left = `${left}px`
    card.style.top = `${above > 4 ? above : event.clientY + APART}px`
  }

  // Each new figure may come as a new chart: look for it whenever the pointer comes in.
  function meet() {
    const chart = scene.querySelector(".js-plotly-plot")
    if (!chart?.on || known.has(chart)) return
    known.add(chart)
    chart.on("plotly_hover", show)
    chart.on("plotly_unhover", hide)
  }

  const listeners = { pointerover: meet, pointerdown: hide, pointerleave: hide }
  for (const [name, act] of Object.entries(listeners)) scene?.addEventListener(name, act)
  state.leave = () => {
    for (const [name, act] of Object.entries(listeners)) scene?.removeEventListener(name, act)
    hide()
  }
  return state
}
