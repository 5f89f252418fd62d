// Keeps the drawing in the storage of this tab alone, where a reload leaves it; another tab has its own.
const SLOT = "autoencoder-lab drawing"
const AGAIN = 500 // milliseconds
let asking

export default function ({ data, setTriggerValue }) {
  clearInterval(asking)
  if (data.ask) {
    const kept = sessionStorage.getItem(SLOT) ?? ""
    if (!kept && !data.linked) return // a drawing of a link waits for the answer that there is none
    const bringBack = () => setTriggerValue("kept", kept)
    bringBack()
    // Streamlit runs one part of a page for what several parts send at the same moment, as at a page's start. So
    // the drawing is handed over until this part was run, which then asks no more.
    asking = setInterval(bringBack, AGAIN)
    return () => clearInterval(asking)
  }
  try {
    sessionStorage.removeItem(SLOT) // first, for what does not fit must not leave an older drawing there
    if (data.drawing) sessionStorage.setItem(SLOT, data.drawing)
  } catch (error) {
    if (error.name !== "QuotaExceededError") throw error
  }
}
