// Copies the address that the browser shows, with some values of its own.
const SAID = 2000 // milliseconds

export default function ({ data, parentElement }) {
  const button = parentElement.querySelector("button")
  button.textContent = data.label
  button.onclick = async () => {
    const address = new URL(location.href)
    for (const [name, value] of Object.entries(data.values))
      value === null ? address.searchParams.delete(name) : address.searchParams.set(name, value)
    button.textContent = (await copy(address.href)) ? "Copied" : "Copy it from the address bar"
    setTimeout(() => (button.textContent = data.label), SAID)
  }
}

async function copy(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text).then(() => true, () => false)
  // A lab that a classroom reaches without HTTPS has no clipboard of its own.
  const field = Object.assign(document.createElement("textarea"), { value: text })
  document.body.append(field)
  field.select()
  const isCopied = document.execCommand("copy")
  field.remove()
  return isCopied
}
