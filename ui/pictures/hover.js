// Pictures of the point under the pointer, beside the text that Plotly itself shows there. The chart stays
// Streamlit's own: this only listens to it, so zoom, selection and saving are untouched, and where it cannot
// listen the text remains.
const SIDE = 28
const APART = 26 // pixels from the pointer, so that Plotly's label fits beneath
const SCENE = "[class*=st-key-with-pictures]"
const present = new WeakMap() // what listens for each place on the page: another run there replaces it

export default function ({ data, parentElement }) {
  present.get(parentElement)?.abort()
  const listening = new AbortController()
  present.set(parentElement, listening)
  listen(parentElement, data.sheets.map(load), listening.signal)
  return () => listening.abort()
}

function load(source) {
  const sheet = new Image()
  sheet.src = source
  return sheet
}

function listen(root, sheets, signal) {
  const card = root.querySelector(".card")
  const tiles = [...root.querySelectorAll("canvas")].map((canvas) => canvas.getContext("2d"))
  const heard = { plotly_hover: show, plotly_unhover: hide }

  function hide() {
    card.hidden = true
  }

  function show({ points, event }) {
    const number = points[0].customdata?.[0]
    if (number === undefined || signal.aborted || !sheets.every((sheet) => sheet.naturalWidth)) return hide()
    tiles.forEach((tile, place) => cut(sheets[place], number, tile))
    card.dataset.number = number
    card.hidden = false
    const [width, height] = [card.offsetWidth, card.offsetHeight]
    const left = Math.min(Math.max(event.clientX - width / 2, 4), innerWidth - width - 4)
    const above = event.clientY - height - APART
    card.style.left = `${left}px`
    card.style.top = `${above > 4 ? above : event.clientY + APART}px`
  }

  // Streamlit and Plotly replace charts, their containers and their listeners as figures change. So nothing is
  // kept: as the pointer moves, the chart that is there by then is listened to.
  function meet({ target }) {
    const scene = root.host.closest(SCENE)
    if (!scene?.contains(target)) return hide()
    const chart = scene.querySelector(".js-plotly-plot")
    for (const [name, act] of Object.entries(heard)) {
      chart?.removeListener?.(name, act) // only once
      chart?.on?.(name, act)
    }
  }

  document.addEventListener("pointermove", meet, { signal })
  document.addEventListener("pointerdown", hide, { signal })
  signal.addEventListener("abort", hide)
}

function cut(sheet, number, tile) {
  const columns = sheet.naturalWidth / SIDE
  const [x, y] = [number % columns, Math.floor(number / columns)]
  tile.drawImage(sheet, x * SIDE, y * SIDE, SIDE, SIDE, 0, 0, SIDE, SIDE)
}
