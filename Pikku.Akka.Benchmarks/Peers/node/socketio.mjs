// Socket.IO 4, websocket transport only: ack echo and room broadcast.
import { createServer } from 'node:http'
import { Server } from 'socket.io'
const port = Number(process.argv[2] ?? 5104)
const server = createServer((req, res) => res.end('ok'))
const io = new Server(server, { transports: ['websocket'], serveClient: false, pingInterval: 25000, pingTimeout: 60000 })
io.on('connection', (socket) => {
  socket.on('echo', (text, ack) => ack(text))
  socket.on('subscribe', (topic, ack) => { socket.join(topic); ack('ok') })
  socket.on('publish', (topic, data) => { io.to(topic).emit('event', topic, data) })
})
server.listen(port, '127.0.0.1', 4096, () => console.log(`socketio listening ${port}`))
