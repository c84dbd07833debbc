// A client with the WebSocket of the browser, as a page has it. It takes the same commands as the scripts of Node.js and Python.
() => {
  let socket;
  let arrived = [];
  let waiting = [];
  const arrive = message => {
    const receiver = waiting.shift();
    if (receiver) receiver(message);
    else arrived.push(message);
  };
  const bytesOf = text => Uint8Array.from(atob(text), character => character.charCodeAt(0));
  const textOf = bytes => btoa(String.fromCharCode(...new Uint8Array(bytes)));

  const commands = {
    open: ({ url, subprotocol }) => new Promise((resolve, reject) => {
      arrived = [];
      waiting = [];
      const opened = new WebSocket(url, subprotocol ? [subprotocol] : []);
      opened.binaryType = 'arraybuffer';
      opened.onopen = () => resolve({ subprotocol: opened.protocol || null, extensions: opened.extensions || null });
      opened.onerror = () => reject(new Error('the browser could not connect'));
      opened.onmessage = ({ data }) => arrive(typeof data === 'string' ? { text: data } : { bytes: textOf(data) });
      opened.onclose = ({ code, reason }) => arrive({ close: code, reason });
      socket = opened;
    }),
    send: ({ fragments: [text] }) => socket.send(text),
    sendBytes: ({ bytes }) => socket.send(bytesOf(bytes)),
    close: ({ code, reason }) => socket.close(code, reason),
    receive: () => arrived.length > 0 ? arrived.shift() : new Promise(resolve => waiting.push(resolve)),
  };

  window.run = async line => {
    const { command, ...input } = JSON.parse(line);
    try {
      return JSON.stringify({ result: await commands[command](input) ?? null });
    } catch (error) {
      return JSON.stringify({ error: String(error) });
    }
  };
}
