// What a window manager does and WebDriver cannot: ask the app's window to close, and see whether it is shown. Speaks to the X server
// itself (X11 protocol, https://www.x.org/releases/current/doc/xproto/x11protocol.html), so that no program is needed for it.
// Not here: what closing asks (flows/closing.test.js).
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import net from "node:net";

const OP = { attributes: 3, tree: 15, atom: 16, property: 20, send: 25 };
const VIEWABLE = 2;
const CLIENT_MESSAGE = 33;

const padded = (bytes) => Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);

/** The cookie that a server with an authority file wants; one without a file wants none. */
async function cookie() {
  const file = process.env.XAUTHORITY && (await readFile(process.env.XAUTHORITY).catch(() => null));
  const fields = [];
  for (let at = 2; file && at < file.length && fields.length < 4; ) {
    const length = file.readUInt16BE(at);
    fields.push(file.subarray(at + 2, at + 2 + length));
    at += 2 + length;
  }
  const [, , name, data] = fields;
  return data ? { name, data } : { name: Buffer.alloc(0), data: Buffer.alloc(0) };
}

/** Reads exactly so many bytes, one reader at a time. */
async function read(socket, length) {
  for (;;) {
    const bytes = length === 0 ? Buffer.alloc(0) : socket.read(length);
    if (bytes?.length === length) return bytes;
    await once(socket, "readable");
  }
}

async function connect() {
  const number = /:(\d+)/.exec(process.env.DISPLAY ?? "")?.[1];
  if (!number) throw new Error("DISPLAY names no screen of this machine");
  const socket = net.connect(`/tmp/.X11-unix/X${number}`);
  await once(socket, "connect");
  const { name, data } = await cookie();
  const hello = Buffer.alloc(12);
  hello.write("l");
  hello.writeUInt16LE(11, 2);
  hello.writeUInt16LE(name.length, 6);
  hello.writeUInt16LE(data.length, 8);
  socket.write(Buffer.concat([hello, padded(name), padded(data)]));
  const head = await read(socket, 8);
  const rest = await read(socket, head.readUInt16LE(6) * 4);
  if (head[0] !== 1) throw new Error(`the X server refused: ${rest.toString("latin1")}`);
  const vendor = padded(rest.subarray(32, 32 + rest.readUInt16LE(16))).length;
  const root = rest.readUInt32LE(32 + vendor + rest[21] * 8);
  const send = (op, detail, body) => {
    const request = Buffer.alloc(4);
    request[0] = op;
    request[1] = detail;
    request.writeUInt16LE(1 + body.length / 4, 2);
    socket.write(Buffer.concat([request, body]));
  };
  /** The answer to one request; `null` where the window is gone meanwhile. Events that nobody asked for do not come. */
  const ask = async (op, detail, body) => {
    send(op, detail, body);
    const answer = await read(socket, 32);
    if (answer[0] === 0) return null;
    return Buffer.concat([answer, await read(socket, answer.readUInt32LE(4) * 4)]);
  };
  return { root, send, ask, end: () => socket.destroy() };
}

const numbers = (...all) => {
  const bytes = Buffer.alloc(all.length * 4);
  all.forEach((one, index) => bytes.writeUInt32LE(one, index * 4));
  return bytes;
};

async function atom(x, name) {
  const bytes = Buffer.from(name, "latin1");
  const head = Buffer.alloc(4);
  head.writeUInt16LE(bytes.length, 0);
  return (await x.ask(OP.atom, 0, Buffer.concat([head, padded(bytes)]))).readUInt32LE(8);
}

async function property(x, window, name) {
  const answer = await x.ask(OP.property, 0, numbers(window, await atom(x, name), 0, 0, 256));
  const length = answer ? answer.readUInt32LE(16) * (answer[1] / 8) : 0;
  return answer ? answer.subarray(32, 32 + length) : Buffer.alloc(0);
}

/** The window of this title that can be asked to close; `null` where there is none. */
async function find(x, title, window = x.root) {
  if ((await property(x, window, "WM_PROTOCOLS")).length > 0 && (await property(x, window, "WM_NAME")).toString() === title) return window;
  const tree = await x.ask(OP.tree, 0, numbers(window));
  for (let index = 0; tree && index < tree.readUInt16LE(16); index += 1) {
    const found = await find(x, title, tree.readUInt32LE(32 + index * 4));
    if (found) return found;
  }
  return null;
}

async function with_window(title, work) {
  const x = await connect();
  try {
    return await work(x, await find(x, title));
  } finally {
    x.end();
  }
}

/** `shown`, `hidden`, or `gone`. */
export function look_for_window(title) {
  return with_window(title, async (x, window) => {
    const told = window && (await x.ask(OP.attributes, 0, numbers(window)));
    if (!told) return "gone";
    return told[26] === VIEWABLE ? "shown" : "hidden";
  });
}

/** What the cross in the corner does (ICCCM, 4.2.8.1). */
export function ask_to_close(title) {
  return with_window(title, async (x, window) => {
    if (!window) throw new Error(`no window "${title}"`);
    const event = Buffer.alloc(32);
    event[0] = CLIENT_MESSAGE;
    event[1] = 32;
    numbers(window, await atom(x, "WM_PROTOCOLS"), await atom(x, "WM_DELETE_WINDOW")).copy(event, 4);
    x.send(OP.send, 0, Buffer.concat([numbers(window, 0), event]));
    // An answer to anything tells that the one before has arrived.
    await atom(x, "WM_PROTOCOLS");
  });
}
