# A client with the package "websockets". It reads one command per line and answers each with one line; ScriptedClient.cs has the other side.
import asyncio
import base64
import json
import sys

import websockets
from websockets.extensions.permessage_deflate import ClientPerMessageDeflateFactory
from websockets.legacy.client import connect  # the other implementations have no way to write a frame of any kind

TEXT = 1
socket = None


async def open_socket(url, subprotocol, deflate):
    global socket
    extensions = [] if deflate is None else [ClientPerMessageDeflateFactory(
        server_no_context_takeover=deflate["serverNoContext"],
        client_no_context_takeover=deflate["clientNoContext"],
        server_max_window_bits=deflate["serverBits"],
        client_max_window_bits=True if deflate["clientBits"] == 0 else deflate["clientBits"],
    )]
    # Without these, the package would add its own offer, and pings of its own.
    socket = await connect(
        url, subprotocols=[subprotocol] if subprotocol else None, extensions=extensions, compression=None, max_size=None, ping_interval=None)
    return {"subprotocol": socket.subprotocol, "extensions": socket.response_headers.get("Sec-WebSocket-Extensions")}


async def send(fragments):
    await socket.send(fragments[0] if len(fragments) == 1 else fragments)


async def send_bytes(bytes):
    await socket.send(base64.b64decode(bytes))


async def send_as_text(bytes):
    await socket.write_frame(True, TEXT, base64.b64decode(bytes))


async def ping():
    await (await socket.ping("are you there?"))


async def close(code, reason):
    await socket.close(code, reason)


async def receive():
    try:
        message = await socket.recv()
    except websockets.ConnectionClosed:
        return {"close": socket.close_code, "reason": socket.close_reason}
    return {"text": message} if isinstance(message, str) else {"bytes": base64.b64encode(message).decode()}


COMMANDS = {
    "open": open_socket, "send": send, "sendBytes": send_bytes, "sendAsText": send_as_text, "ping": ping, "close": close, "receive": receive,
}


async def main():
    # Lines are read in a thread, so that pings are answered meanwhile.
    while line := await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline):
        request = json.loads(line)
        command = COMMANDS[request.pop("command")]
        try:
            answer = {"result": await command(**request)}
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


asyncio.run(main())
