// Prepares the browser for charts, once for all pages: see charts.py.
let isPrepared = false

export default function ({ data }) {
  if (isPrepared) return
  isPrepared = true
  document.addEventListener("touchstart", tell, { capture: true, passive: true })
  document.addEventListener("click", nameOfPicture, { capture: true })
  offerSaving()
  if (data.code) (window.requestIdleCallback ?? setTimeout)(() => fetchAhead(data.code))
}

// Lets Plotly know where a finger is. A chart reports a click as being on the point that it last saw the
// pointer over, and of a touch it hears that only afterwards: each tap would choose the point of the last one.
function tell({ target, touches }) {
  if (touches.length !== 1 || !target.closest?.(".js-plotly-plot")) return
  const { clientX, clientY } = touches[0]
  target.dispatchEvent(new MouseEvent("mousemove", { bubbles: true, clientX, clientY, view: window }))
}

// A module that was imported once is not fetched again: the front end finds it there.
function fetchAhead(name) {
  const beside = document.querySelector("script[type=module][src*='/static/js/']")
  if (beside) import(new URL(name, beside.src)).catch(() => {}) // the front end will say what is wrong
}

// -- what a chart can be saved as: a picture, by Plotly's and Vega's own button; an SVG; its data

function offerSaving() {
  let isDue = false
  const look = () => {
    isDue = false
    document.querySelectorAll(".js-plotly-plot .modebar:not(:has(.saving))").forEach(addToPlotly)
    document.querySelectorAll(VEGA_TOOLS).forEach(addToVega)
  }
  const due = () => {
    if (!isDue) setTimeout(look, 200)
    isDue = true
  }
  new MutationObserver(due).observe(document.body, { childList: true, subtree: true })
  due()
}

const VEGA_TOOLS =
  "[data-testid=stFullScreenFrame]:has([data-testid=stVegaLiteChart]) " +
  "[data-testid=stElementToolbarButtonContainer]:not(:has(.saving))"

function addToPlotly(bar) {
  const chart = bar.closest(".js-plotly-plot")
  const group = document.createElement("div")
  group.className = "modebar-group saving"
  if (cameraOf(chart)) group.append(button("SVG", chart, () => cameraOf(chart)("svg")))
  if (rowsOf(chart).length > 1) group.append(button("CSV", chart, () => save(chart, "csv", csv(rowsOf(chart)))))
  bar.prepend(group)
}

function addToVega(tools) {
  const chart = tools.closest("[data-testid=stFullScreenFrame]").querySelector("[data-testid=stVegaLiteChart]")
  const draw = () => save(chart, "svg", new XMLSerializer().serializeToString(chart.querySelector("svg.marks")))
  const group = document.createElement("div")
  group.className = "saving"
  group.append(button("SVG", chart, draw))
  tools.prepend(group)
}

function button(kind, chart, act) {
  const made = document.createElement("button")
  made.type = "button"
  made.textContent = kind
  made.title = kind === "CSV" ? "Download the data as CSV" : "Download as SVG"
  made.setAttribute("aria-label", `${made.title}: ${nameOf(chart)}`)
  made.addEventListener("click", act)
  return made
}

// Plotly's own way to a picture, which only its button knows; null where a chart does not have that.
function cameraOf(chart) {
  const buttons = chart._fullLayout?._modeBar?.buttons?.flat() ?? []
  const camera = buttons.find(({ name }) => name === "toImage" || name === "downloadImage")
  if (!camera) return null
  return (format) => {
    const before = chart._context.toImageButtonOptions
    chart._context.toImageButtonOptions = { ...before, format, filename: fileName(chart) }
    camera.click(chart)
    chart._context.toImageButtonOptions = before
  }
}

function nameOfPicture({ target }) {
  const chart = target.closest?.(".modebar-btn") && target.closest(".js-plotly-plot")
  if (chart) chart._context.toImageButtonOptions = { scale: 2, filename: fileName(chart) }
}

const nameOf = (chart) => chart.closest("[aria-label]")?.getAttribute("aria-label") ?? "chart"
const fileName = (chart) => nameOf(chart).toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-").slice(0, 60) || "chart"

// A long table: a header, then a row for each point of each series. Of a matrix each cell is a point.
function rowsOf(chart) {
  const layout = chart._fullLayout
  const title = (axis, otherwise) => layout[axis]?.title?.text?.replace(/<[^>]*>/g, "") || otherwise
  const rows = [["series", title("xaxis", "x"), title("yaxis", "y"), "value"]]
  for (const { _input, x = [], y = [], z } of chart._fullData ?? []) {
    const series = _input?.name?.replace(/<[^>]*>/g, "") ?? "" // Plotly calls one without a name "trace 0"
    if (z) z.forEach((line, row) => line.forEach?.((value, column) => rows.push([series, x[column], y[row], value])))
    else for (let place = 0; place < Math.min(x.length, y.length); place++) rows.push([series, x[place], y[place]])
  }
  return rows
}

// Of the texts none that a spreadsheet would take for a formula and run.
const csv = (rows) => {
  const harmless = (cell) => (typeof cell === "string" && /^[=+\-@\t\r\n]/.test(cell) ? `'${cell}` : String(cell ?? ""))
  const quoted = (cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)
  const widest = Math.max(...rows.slice(1).map((row) => row.length))
  return rows.map((row) => row.slice(0, widest).map((cell) => quoted(harmless(cell))).join(",")).join("\n") + "\n"
}

function save(chart, kind, text) {
  const link = document.createElement("a")
  const type = kind === "csv" ? "text/csv" : "image/svg+xml"
  link.href = URL.createObjectURL(new Blob([text], { type }))
  link.download = `${fileName(chart)}.${kind}`
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}
