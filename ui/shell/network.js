// A drawing and a model at work in the browser. The model is a mirror of ae_core/models/inference.py, from what
// ae_core/models/portable.py writes. Images are Float32Array(784), intensities 0 to 1; codes Float32Array(latent_dim).

const SIDE = 28
const BOX = 20
const EDGE = 64

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

// A drawing in MNIST's form: a mirror of ae_core/drawing/form.py, whose words on why hold here too. pad: a
// canvas, white on black. What the server does besides, for photographs and for pens that are thinner or bolder
// than MNIST's, a pad of one pen does not need. undefined: there is no ink.
export function digitFromDrawing(pad) {
  const { width, height } = pad
  const { data } = pad.getContext("2d").getImageData(0, 0, width, height)
  let [left, right, top, bottom] = [width, -1, height, -1]
  for (let row = 0; row < height; row++)
    for (let column = 0; column < width; column++)
      if (data[4 * (row * width + column)] > EDGE) {
        left = Math.min(left, column)
        right = Math.max(right, column)
        top = Math.min(top, row)
        bottom = Math.max(bottom, row)
      }
  if (right < 0) return undefined
  const [wide, tall] = [right - left + 1, bottom - top + 1]
  const ink = Array.from({ length: tall }, (_, row) =>
    Float32Array.from({ length: wide }, (_, column) => data[4 * ((row + top) * width + column + left)]),
  )
  const scale = BOX / Math.max(wide, tall)
  const across = ink.map((line) => resized(line, Math.max(1, rounded(wide * scale))))
  const columns = across[0].map((_, column) => resized(across.map((line) => line[column]), Math.max(1, rounded(tall * scale))))
  return centred(columns)
}

// Halves to the even side, as Python does.
function rounded(value) {
  const whole = Math.round(value)
  return whole - value === 0.5 && whole % 2 ? whole - 1 : whole
}

// As Pillow's BICUBIC: a cubic of a = -0.5, as wide as what one pixel of the result covers, clipped to a byte.
function resized(values, length) {
  const step = values.length / length
  const reach = Math.max(1, step)
  const cubic = (x) => (x < 1 ? (1.5 * x - 2.5) * x * x + 1 : x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0)
  return Array.from({ length }, (_, place) => {
    const middle = (place + 0.5) * step
    const first = Math.max(0, Math.trunc(middle - 2 * reach + 0.5))
    const last = Math.min(values.length, Math.trunc(middle + 2 * reach + 0.5))
    let [sum, whole] = [0, 0]
    for (let at = first; at < last; at++) {
      const weight = cubic(Math.abs((at - middle + 0.5) / reach))
      sum += weight * values[at]
      whole += weight
    }
    return Math.min(255, Math.max(0, Math.round(sum / whole)))
  })
}

// By whole pixels, as far as no ink falls off the edge. columns: [width][height], 0 to 255.
function centred(columns) {
  const [width, height] = [columns.length, columns[0].length]
  let [mass, x, y] = [0, 0, 0]
  columns.forEach((line, column) =>
    line.forEach((value, row) => {
      mass += value
      x += value * column
      y += value * row
    }),
  )
  if (!mass) return undefined
  const start = (middle, length) => Math.min(Math.max(rounded(SIDE / 2 - middle), 0), SIDE - length)
  const [left, top] = [start(x / mass, width), start(y / mass, height)]
  const image = new Float32Array(SIDE * SIDE)
  columns.forEach((line, column) =>
    line.forEach((value, row) => (image[(top + row) * SIDE + left + column] = value / 255)),
  )
  return image
}
