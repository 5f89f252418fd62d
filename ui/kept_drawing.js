// Keeps the drawing in the storage of this tab alone, where a reload leaves it; another tab has its own.
const SLOT = "autoencoder-lab drawing"

export default function ({ data, setTriggerValue }) {
  if (data.ask) {
    const kept = sessionStorage.getItem(SLOT)
    if (kept) setTriggerValue("kept", kept)
    return
  }
  try {
    sessionStorage.removeItem(SLOT) // first, for what does not fit must not leave an older drawing there
    if (data.drawing) sessionStorage.setItem(SLOT, data.drawing)
  } catch (error) {
    if (error.name !== "QuotaExceededError") throw error
  }
}
