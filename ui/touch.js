// Lets Plotly know where a finger is. A chart reports a click as being on the point that it last saw the
// pointer over, and of a touch it hears that only afterwards: each tap would choose the point of the last one.
let isListening = false

export default function () {
  if (isListening) return
  isListening = true
  document.addEventListener("touchstart", tell, { capture: true, passive: true })
}

function tell({ target, touches }) {
  if (touches.length !== 1 || !target.closest?.(".js-plotly-plot")) return
  const { clientX, clientY } = touches[0]
  target.dispatchEvent(new MouseEvent("mousemove", { bubbles: true, clientX, clientY, view: window }))
}
