// Streamlit refuses a file that is too large by a red icon and tells the server nothing, so that what was there
// before stays in use. Such a file is caught on its way to the field, and the server is told its size.
const present = new WeakMap() // what listens for each field: another run there replaces it

export default function ({ data, parentElement, setTriggerValue }) {
  present.get(parentElement)?.abort()
  const listening = new AbortController()
  present.set(parentElement, listening)

  function look(event) {
    const field = parentElement.host.closest(`.st-key-${data.field}`)
    if (!field?.contains(event.target)) return
    const files = [...((event.dataTransfer ?? event.target).files ?? [])]
    const size = Math.max(0, ...files.map((file) => file.size))
    if (size <= data.limit) return
    event.preventDefault()
    event.stopPropagation()
    if (event.type === "drop") {
      event.target.dispatchEvent(new DragEvent("dragleave", { bubbles: true })) // it looks as before
    } else {
      event.target.value = "" // the same file can be chosen again
    }
    setTriggerValue("too_large", size)
  }

  for (const name of ["change", "drop"]) {
    document.addEventListener(name, look, { capture: true, signal: listening.signal })
  }
  return () => listening.abort()
}
