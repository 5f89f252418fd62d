// The colours of error maps in words and numbers, and how much of the digit is seen through them: one slider for all
// maps of the tab. They stand under a digit whose opacity is what --error-map leaves: see error_scale.py.
const KEPT = "autoencoder lab error map"
const states = new WeakMap()

export default function ({ data, parentElement }) {
  if (!states.has(parentElement)) states.set(parentElement, makeSlider(parentElement))
  const find = (selector) => parentElement.querySelector(selector)
  const rgb = (colour) => `rgb(${colour.join(" ")})`
  const { dark, white, bright } = data.colours
  find(".bar").style.background = `linear-gradient(to right, ${[dark, white, bright].map(rgb).join(", ")})`
  find(".bar").setAttribute("aria-label", data.alt)
  find(".dark").textContent = `−${data.full} · too dark`
  find(".bright").textContent = `too bright · +${data.full}`
  find("p").textContent = data.told
}

function makeSlider(root) {
  const [slider, output] = [root.querySelector("input"), root.querySelector("output")]
  function show() {
    const percent = Number(slider.value)
    const words = percent === 100 ? "the map alone" : percent === 0 ? "the digit alone" : `${percent} %`
    output.textContent = words
    slider.setAttribute("aria-valuetext", words)
    document.documentElement.style.setProperty("--error-map", percent / 100)
  }
  slider.value = sessionStorage.getItem(KEPT) ?? 100
  slider.oninput = () => {
    sessionStorage.setItem(KEPT, slider.value)
    show()
  }
  show()
  return slider
}
