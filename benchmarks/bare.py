"""The peer: the least that a Starlette server can do with a POST. Run as a script: prints its port and serves."""

import socket

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

REPLY = b'{"code":0,"data":[{"orderNumber":"OCO2000030000001GB","referenceNumber":"REF"}],"messageId":"1"}'


async def answer(request: Request) -> Response:
    await request.body()
    return Response(REPLY, media_type="application/json")


app = Starlette(routes=[Route("/openapi/3pp/outbound/v1/creation", answer, methods=["POST"])])

if __name__ == "__main__":
    listener = socket.create_server(("127.0.0.1", 0), backlog=2048)
    print(f"OC_SANDBOX_URL=http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
    config = uvicorn.Config(app, log_level="warning", access_log=False, server_header=False, lifespan="off", ws="none")
    uvicorn.Server(config).run(sockets=[listener])
