// A drawing and a model at work in the browser. The model is a mirror of ae_core/models/inference.py, from what
// ae_core/models/portable.py writes. Images are Float32Array(784), intensities 0 to 1; codes Float32Array(latent_dim).

const SIDE = 28

const known = new Map() // by their addresses: each is fetched once

// The network at that address. Rejects where it cannot be had.
export function network(address) {
  if (!known.has(address)) {
    const coming = load(address)
    known.set(address, coming)
    coming.catch(() => known.delete(address))
  }
  return known.get(address)
}

// The network at an address, and what paints its images.
export async function ready({ model, colours }) {
  return { network: await network(model), paint: painters(colours) }
}

async function load(address) {
  const answer = await fetch(address)
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`)
  return new Network(await answer.arrayBuffer())
}

export class Network {
  constructor(buffer) {
    const length = Number(new DataView(buffer).getBigUint64(0, true))
    const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 8, length)))
    const program = JSON.parse(header.__metadata__.program)
    const tensor = (name) => {
      const { dtype, data_offsets: [from, to] } = header[name]
      const bytes = buffer.slice(8 + length + from, 8 + length + to)
      return dtype === "F16" ? fromHalf(new Uint16Array(bytes)) : new Float32Array(bytes)
    }
    const prepare = (step) => {
      const ready = { ...step }
      for (const name of ["weight", "bias", "factor", "shift"]) if (name in step) ready[name] = tensor(step[name])
      return ready
    }
    this.latentDim = program.latent_dim
    this.encoder = program.encoder.map(prepare)
    this.decoder = program.decoder.map(prepare)
  }

  encode(image) {
    return run(this.encoder, image).slice(0, this.latentDim) // a variational encoder gives variances besides
  }

  decode(code) {
    return run(this.decoder, code)
  }
}

function run(steps, values) {
  for (const step of steps) values = STEPS[step.does](values, step)
  return values
}

const each = (of) => (values) => values.map(of)

const STEPS = {
  // Most pixels are black: what is zero is left out.
  linear(values, { weight, bias }) {
    const width = values.length
    const lit = []
    for (let column = 0; column < width; column++) if (values[column] !== 0) lit.push(column)
    const made = new Float32Array(bias.length)
    for (let row = 0; row < made.length; row++) {
      let sum = bias[row]
      const start = row * width
      if (lit.length === width) for (let column = 0; column < width; column++) sum += weight[start + column] * values[column]
      else for (const column of lit) sum += weight[start + column] * values[column]
      made[row] = sum
    }
    return made
  },

  norm: (values, { factor, shift, each: size }) =>
    values.map((value, at) => value * factor[(at / size) | 0] + shift[(at / size) | 0]),

  // 3 × 3 pixels, two at a time, a border of zeros. weight: [made channels, channels, 3, 3].
  convolve(values, { weight, bias, side, made: out }) {
    const channels = values.length / side ** 2
    const made = filled(bias, out)
    for (let to = 0; to < bias.length; to++)
      for (let from = 0; from < channels; from++)
        overlaps(out, side).forEach(([small, large], at) => {
          add(made, to * out * out, small, values, from * side * side, large, weight[(to * channels + from) * 9 + at])
        })
    return made
  },

  // Its transpose: each value is spread over 3 × 3 pixels. weight: [channels, made channels, 3, 3].
  spread(values, { weight, bias, side, made: out }) {
    const channels = values.length / side ** 2
    const made = filled(bias, out)
    for (let from = 0; from < channels; from++)
      for (let to = 0; to < bias.length; to++)
        overlaps(side, out).forEach(([small, large], at) => {
          add(made, to * out * out, large, values, from * side * side, small, weight[(from * bias.length + to) * 9 + at])
        })
    return made
  },

  relu: each((value) => (value > 0 ? value : 0)),
  leaky_relu: each((value) => (value > 0 ? value : 0.01 * value)),
  gelu: each((value) => (value * (1 + erf(value / Math.SQRT2))) / 2),
  silu: each((value) => value / (1 + Math.exp(-value))),
  tanh: each(Math.tanh),
  sigmoid: each((value) => 1 / (1 + Math.exp(-value))),
}

function filled(bias, side) {
  const maps = new Float32Array(bias.length * side ** 2)
  bias.forEach((value, channel) => maps.fill(value, channel * side ** 2, (channel + 1) * side ** 2))
  return maps
}

// made[first + to] += weight * values[start + from], for all places to and from.
function add(made, first, to, values, start, from, weight) {
  for (let each = 0; each < to.length; each++) made[first + to[each]] += weight * values[start + from[each]]
}

const places = new Map()

// Where a map of `small` sides and one of twice as many meet: for each of 3 × 3 weights, places in both.
function overlaps(small, large) {
  const key = small * 100 + large
  if (!places.has(key)) {
    const found = Array.from({ length: 9 }, () => [[], []])
    for (let at = 0; at < 9; at++)
      for (let y = 0; y < small; y++)
        for (let x = 0; x < small; x++) {
          const row = 2 * y + Math.floor(at / 3) - 1
          const column = 2 * x + (at % 3) - 1
          if (Math.min(row, column) < 0 || Math.max(row, column) >= large) continue
          found[at][0].push(y * small + x)
          found[at][1].push(row * large + column)
        }
    places.set(key, found.map((pair) => pair.map((each) => Int32Array.from(each))))
  }
  return places.get(key)
}

// To 1.5e-7: Abramowitz and Stegun, Handbook of Mathematical Functions, 7.1.26.
function erf(x) {
  const t = 1 / (1 + 0.3275911 * Math.abs(x))
  const sum = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
  return Math.sign(x) * (1 - sum * Math.exp(-x * x))
}

function fromHalf(halves) {
  return Float32Array.from(halves, (half) => {
    const exponent = (half >> 10) & 31
    const fraction = half & 1023
    const sign = half & 0x8000 ? -1 : 1
    if (exponent === 0) return sign * fraction * 2 ** -24
    if (exponent === 31) return fraction ? NaN : sign * Infinity
    return sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
  })
}

// A drawing in MNIST's form: a mirror of ae_core/drawing/form.py and strokes.py, whose words on why hold here too.
// pad: a canvas, white on black. Left to the server is what a pad of one pen hardly needs: to tell paper from ink,
// to leave out specks, to find strokes that are too thin to be seen. undefined: there is no ink.
// Ink is { width, height, values }: row by row, 0 to 255.
const BOX = 20
const EDGE = 64
const EDGE_OF_FINISHED = 2
const [THINNEST, BOLDEST] = [1.65, 3.85]
const WEIGHING_SIDE = 80

export function digitFromDrawing(pad) {
  const ink = inkOf(pad)
  const faintest = boxOf(ink, EDGE_OF_FINISHED)
  if (!faintest) return undefined
  const finished = Math.max(faintest.width, faintest.height) <= SIDE
  const box = finished ? faintest : boxOf(ink, EDGE)
  if (!box) return undefined
  const cropped = cutOut(ink, box)
  return centred(fit(finished ? cropped : withOrdinaryStrokes(cropped), BOX))
}

function inkOf(pad) {
  const { width, height } = pad
  const { data } = pad.getContext("2d").getImageData(0, 0, width, height)
  return { width, height, values: Uint8Array.from({ length: width * height }, (_, at) => data[4 * at]) }
}

function boxOf({ width, height, values }, edge) {
  let [left, right, top, bottom] = [width, -1, height, -1]
  values.forEach((value, at) => {
    if (value <= edge) return
    const [column, row] = [at % width, (at / width) | 0]
    left = Math.min(left, column)
    right = Math.max(right, column)
    top = Math.min(top, row)
    bottom = Math.max(bottom, row)
  })
  return right < 0 ? undefined : { left, top, width: right - left + 1, height: bottom - top + 1 }
}

function cutOut(ink, { left, top, width, height }) {
  const values = new Uint8Array(width * height)
  for (let row = 0; row < height; row++) {
    const start = (row + top) * ink.width + left
    values.set(ink.values.subarray(start, start + width), row * width)
  }
  return { width, height, values }
}

function fit(ink, side) {
  const scale = side / Math.max(ink.width, ink.height)
  const wanted = (length) => Math.max(1, rounded(length * scale))
  return turned(resized(turned(resized(ink, wanted(ink.width))), wanted(ink.height)))
}

// Halves to the even side, as Python does.
function rounded(value) {
  const whole = Math.round(value)
  return whole - value === 0.5 && whole % 2 ? whole - 1 : whole
}

function turned({ width, height, values }) {
  const made = new Uint8Array(values.length)
  for (let row = 0; row < height; row++)
    for (let column = 0; column < width; column++) made[column * height + row] = values[row * width + column]
  return { width: height, height: width, values: made }
}

// Each row to another length, as Pillow's BICUBIC: a cubic of a = -0.5, as wide as what one pixel of the result
// covers, clipped to a byte.
function resized(ink, width) {
  const step = ink.width / width
  const reach = Math.max(1, step)
  const cubic = (x) => (x < 1 ? (1.5 * x - 2.5) * x * x + 1 : x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0)
  const parts = Array.from({ length: width }, (_, place) => {
    const middle = (place + 0.5) * step
    const first = Math.max(0, Math.trunc(middle - 2 * reach + 0.5))
    const last = Math.min(ink.width, Math.trunc(middle + 2 * reach + 0.5))
    const weights = Float64Array.from({ length: last - first }, (_, at) =>
      cubic(Math.abs((first + at - middle + 0.5) / reach)),
    )
    const whole = weights.reduce((sum, weight) => sum + weight, 0)
    return [first, weights.map((weight) => weight / whole)]
  })
  const values = new Uint8Array(width * ink.height)
  for (let row = 0; row < ink.height; row++)
    parts.forEach(([first, weights], place) => {
      const start = row * ink.width + first
      let sum = 0
      for (let at = 0; at < weights.length; at++) sum += weights[at] * ink.values[start + at]
      values[row * width + place] = Math.min(255, Math.max(0, Math.round(sum)))
    })
  return { width, height: ink.height, values }
}

function withOrdinaryStrokes(ink) {
  const large = fit(ink, WEIGHING_SIDE)
  const middle = large.values.reduce((most, value) => Math.max(most, value), 0) / 2
  const inside = padded({ ...large, values: large.values.map((value) => (value > middle ? 1 : 0)) }, 1)
  const depths = depth(inside).filter((value) => value > 0)
  const width = ((4 * depths.reduce((sum, value) => sum + value, 0)) / depths.length) * (BOX / WEIGHING_SIDE)
  if (width >= THINNEST && width <= BOLDEST) return ink
  const wanted = Math.min(Math.max(width, THINNEST), BOLDEST)
  let shave = ((width - wanted) * BOX * WEIGHING_SIDE) / (2 * (BOX - wanted) * BOX)
  const shape = padded(inside, 1 + Math.max(0, Math.ceil(-shave)))
  const outside = depth({ ...shape, values: shape.values.map((value) => 1 - value) })
  const depthOf = depth(shape).map((value, at) => value - outside[at])
  shave = Math.min(shave, 0.8 * depthOf.reduce((most, value) => Math.max(most, value), 0))
  const redrawn = {
    ...shape,
    values: Uint8Array.from(depthOf, (value) => 255 * Math.min(1, Math.max(0, value - shave + 0.5))),
  }
  return cutOut(redrawn, boxOf(redrawn, EDGE))
}

function padded({ width, height, values }, border) {
  const made = { width: width + 2 * border, height: height + 2 * border }
  made.values = new Uint8Array(made.width * made.height)
  for (let row = 0; row < height; row++)
    made.values.set(values.subarray(row * width, (row + 1) * width), (row + border) * made.width + border)
  return made
}

// How deep each pixel lies inside a shape of ones, 0 outside: half a pixel less than to the nearest zero.
function depth({ width, height, values }) {
  const far = width + height
  const along = new Float64Array(values.length) // the square of the distance to the nearest zero above or below
  for (let column = 0; column < width; column++) {
    const pass = (row, distance) => {
      const here = values[row * width + column] ? distance + 1 : 0
      const at = row * width + column
      along[at] = Math.min(along[at], here * here)
      return here
    }
    for (let row = 0; row < height; row++) along[row * width + column] = far * far
    for (let row = 0, distance = far; row < height; row++) distance = pass(row, distance)
    for (let row = height - 1, distance = far; row >= 0; row--) distance = pass(row, distance)
  }
  return Float64Array.from(values, (value, at) => {
    if (!value) return 0
    const [column, row] = [at % width, at - (at % width)]
    let least = along[at]
    for (let aside = 1; aside * aside < least; aside++) {
      if (column >= aside) least = Math.min(least, aside * aside + along[row + column - aside])
      if (column + aside < width) least = Math.min(least, aside * aside + along[row + column + aside])
    }
    return Math.sqrt(least) - 0.5
  })
}

// By whole pixels, as far as no ink falls off the edge.
function centred({ width, height, values }) {
  let [mass, x, y] = [0, 0, 0]
  values.forEach((value, at) => {
    mass += value
    x += value * (at % width)
    y += value * ((at / width) | 0)
  })
  if (!mass) return undefined
  const start = (middle, length) => Math.min(Math.max(rounded(SIDE / 2 - middle), 0), SIDE - length)
  const [left, top] = [start(x / mass, width), start(y / mass, height)]
  const image = new Float32Array(SIDE * SIDE)
  values.forEach((value, at) => (image[(top + ((at / width) | 0)) * SIDE + left + (at % width)] = value / 255))
  return image
}

// Painters of images into canvases of 28 × 28, in the colours of ui/pictures/mosaic.py.
export function painters({ black, white, dark, bright }) {
  const paint = (canvas, colourOf) => {
    const context = canvas.getContext("2d")
    const pixels = context.createImageData(SIDE, SIDE)
    for (let at = 0; at < SIDE * SIDE; at++) pixels.data.set([...colourOf(at), 255], 4 * at)
    context.putImageData(pixels, 0, 0)
  }
  const between = (one, other, part) => one.map((value, at) => Math.round(value + part * (other[at] - value)))
  const inside = (value) => Math.min(1, Math.max(0, value))
  return {
    ink: (canvas, image) => paint(canvas, (at) => between(black, white, inside(image[at]))),
    error: (canvas, image, made, full) =>
      paint(canvas, (at) => {
        const difference = (made[at] - image[at]) / full
        return between(white, difference < 0 ? dark : bright, inside(Math.abs(difference)))
      }),
    nothing: (canvas) => paint(canvas, () => black),
  }
}

// What ui/widgets/in_browser.py packs: 32-bit numbers, or bytes.
export const floats = (text) => new Float32Array(bytes(text).buffer)
export const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))

export function meanSquare(image, made) {
  return image.reduce((sum, value, at) => sum + (value - made[at]) ** 2, 0) / image.length
}

// errors: quantiles of those of the digits that are called `among`.
export function errorInWords(error, errors, among) {
  const below = errors.filter((each) => each < error).length / errors.length
  const share = below >= 1 ? "all" : below <= 0 ? "none" : `${Math.round(100 * below)} %`
  return `Error ${error.toPrecision(3)}: larger than that of ${share} of the ${among}.`
}

// From a place to the nearest of those that are known, row by row; beyond: for each what else there is to its
// distance, squared.
export function nearestDistance(place, known, beyond) {
  let least = Infinity
  for (let row = 0; row < beyond.length; row++) {
    let sum = beyond[row]
    for (let at = 0; at < place.length; at++) sum += (place[at] - known[row * place.length + at]) ** 2
    least = Math.min(least, sum)
  }
  return Math.sqrt(least)
}

// Says how far a code is from the nearest of `count` training codes.
export function tellDistance(element, distance, usual, count) {
  const far = distance > usual
  const [here, most] = [distance, usual].map((value) => value.toPrecision(3))
  element.classList.toggle("far", far)
  element.textContent = far
    ? `Far from every real code: ${here} to the nearest of ${count} training codes, at most ${most} is usual.`
    : `${here} to the nearest of ${count} training codes; up to ${most} is usual.`
}
