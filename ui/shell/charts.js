// Prepares the browser for charts, once for all pages: see charts.py.
let isPrepared = false

export default function ({ data }) {
  if (isPrepared) return
  isPrepared = true
  document.addEventListener("touchstart", tell, { capture: true, passive: true })
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
