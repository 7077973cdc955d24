// A server on loopback that writes down every connection and every request: whatever the page gets out ends here.
// Not here: what is tried (flows/closed.test.js).
import { once } from "node:events";
import http from "node:http";

export async function start_recorder() {
  const heard = [];
  const server = http.createServer((request, response) => {
    heard.push(`${request.method} ${request.url}`);
    response.setHeader("access-control-allow-origin", "*");
    response.setHeader("content-type", "text/html");
    response.end("<title>elsewhere</title><p>elsewhere</p>");
  });
  server.on("upgrade", (request, socket) => {
    heard.push(`upgrade ${request.url}`);
    socket.destroy();
  });
  // A connection without a request would be a leak too.
  server.on("connection", () => heard.push("a connection"));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  return {
    url: `http://127.0.0.1:${port}`,
    heard,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
