// A client with the package "ws". It reads one command per line and answers each with one line; ScriptedClient.cs has the other side.
import { createInterface } from 'node:readline';
import WebSocket from 'ws';

let socket;
let arrived = [];
let waiting = [];
let pong = () => {};

const arrive = message => {
  const receiver = waiting.shift();
  if (receiver) receiver(message);
  else arrived.push(message);
};

// "ws" takes a threshold below which it does not compress; here it compresses everything.
const deflateOptions = ({ serverNoContext, clientNoContext, serverBits, clientBits }) => ({
  threshold: 0,
  serverNoContextTakeover: serverNoContext || undefined,
  clientNoContextTakeover: clientNoContext || undefined,
  serverMaxWindowBits: serverBits ?? undefined,
  clientMaxWindowBits: clientBits === 0 ? true : clientBits ?? false,
});

const commands = {
  open: ({ url, subprotocol, deflate }) => new Promise((resolve, reject) => {
    arrived = [];
    waiting = [];
    const opened = new WebSocket(url, subprotocol ? [subprotocol] : [], { perMessageDeflate: deflate ? deflateOptions(deflate) : false });
    let extensions = null;
    opened.on('upgrade', response => { extensions = response.headers['sec-websocket-extensions'] ?? null; });
    opened.on('open', () => resolve({ subprotocol: opened.protocol || null, extensions }));
    opened.on('error', reject);
    opened.on('pong', () => pong());
    opened.on('message', (data, isBinary) => arrive(isBinary ? { bytes: data.toString('base64') } : { text: data.toString() }));
    opened.on('close', (code, reason) => arrive({ close: code, reason: reason.toString() }));
    socket = opened;
  }),
  send: ({ fragments }) => fragments.forEach((text, i) => socket.send(text, { fin: i === fragments.length - 1 })),
  sendBytes: ({ bytes }) => socket.send(Buffer.from(bytes, 'base64')),
  sendAsText: ({ bytes }) => socket.send(Buffer.from(bytes, 'base64'), { binary: false }),
  ping: () => new Promise(resolve => {
    pong = resolve;
    socket.ping('are you there?');
  }),
  close: ({ code, reason }) => socket.close(code, reason),
  receive: () => arrived.length > 0 ? arrived.shift() : new Promise(resolve => waiting.push(resolve)),
};

for await (const line of createInterface({ input: process.stdin })) {
  const { command, ...input } = JSON.parse(line);
  try {
    console.log(JSON.stringify({ result: await commands[command](input) ?? null }));
  } catch (error) {
    console.log(JSON.stringify({ error: String(error) }));
  }
}
process.exit();
