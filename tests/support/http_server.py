"""An HTTP server on loopback that keeps what it is asked, and answers as it is told: it fails, is silent, redirects, asks to wait."""
import hashlib
import hmac
import http.server
import json
import os
import ssl
import subprocess
import threading
import urllib.parse


class Request:
    def __init__(self, method, path, headers, body):
        self.method = method
        self.path = path
        self.headers = headers
        self.body = body

    def line(self):
        return f"{self.method} {self.path} {self.body.decode()}".rstrip()

    def lines(self):
        return [json.loads(line) for line in self.body.splitlines()]

    def form(self):
        return dict(urllib.parse.parse_qsl(self.body.decode(), keep_blank_values=True))


class Answer:
    """`silent`: seconds before it; `drop`: the connection ends without one, after the request was kept; `cut`: it ends before the
    last bytes that were promised."""

    def __init__(self, status=200, body="", headers=(), silent=0, drop=False, cut=0):
        self.status = status
        self.body = body.encode() if isinstance(body, str) else body
        self.headers = dict(headers)
        self.silent = silent
        self.drop = drop
        self.cut = cut


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def handle_request(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        request = Request(self.command, self.path, self.headers, body)
        server = self.server.owner
        with server.lock:
            server.requests.append(request)
            answer = server.script.pop(0) if server.script else server.answer(request)
        if answer.silent and server.ended.wait(answer.silent):
            answer.drop = True
        if answer.drop:
            self.close_connection = True
            return
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if answer.status != 204:
            self.send_header("Content-Length", str(len(answer.body) + answer.cut))
            self.close_connection = self.close_connection or answer.cut > 0
        self.end_headers()
        if answer.status != 204:
            self.wfile.write(answer.body)

    do_GET = do_POST = do_PUT = do_DELETE = handle_request

    def log_message(self, *_):
        pass


class HttpServer:
    """`script`: answers in turn; after them `answer(request)` is asked for each. `certificate`: (file, key), then it is HTTPS."""

    def __init__(self, answer=None, script=(), certificate=None):
        self.answer = answer or (lambda request: Answer())
        self.script = list(script)
        self.requests = []
        self.lock = threading.Lock()
        self.ended = threading.Event()
        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        self.http.owner = self
        self.http.handle_error = lambda *_: None  # who was killed does not say good-bye
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
            self.http.socket = context.wrap_socket(self.http.socket, server_side=True, do_handshake_on_connect=False)
        self.port = self.http.server_address[1]
        self.url = f"{'https' if certificate else 'http'}://127.0.0.1:{self.port}"
        self.thread = threading.Thread(target=self.http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.http.shutdown()
        self.http.server_close()
        self.thread.join(10)

    def taken(self):
        with self.lock:
            return list(self.requests)


def certificates(directory, host="127.0.0.1"):
    """A test authority, and a certificate of it for `host`: (authority, certificate, key)."""
    def openssl(*arguments):
        subprocess.run(["openssl", *arguments], cwd=directory, check=True, capture_output=True, timeout=60)
    with open(os.path.join(directory, "names"), "w", encoding="ascii") as file:
        file.write(f"subjectAltName={'IP' if host[0].isdigit() else 'DNS'}:{host}\n")
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=test authority",
            "-keyout", "ca.key", "-out", "ca.pem")
    openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=server", "-keyout", "server.key",
            "-out", "server.csr")
    openssl("x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2",
            "-extfile", "names", "-out", "server.pem")
    return tuple(os.path.join(directory, name) for name in ("ca.pem", "server.pem", "server.key"))


def aws_signature(request, secret, region, service):
    """What the Authorization of an AWS Signature Version 4 must hold for this request (AWS documentation, "Signing requests")."""
    given = dict(part.strip().split("=", 1) for part in request.headers["Authorization"].split(" ", 1)[1].split(","))
    names = given["SignedHeaders"].split(";")
    path, _, query = request.path.partition("?")
    canonical = "\n".join([request.method, urllib.parse.quote(path, safe="/-_.~"), query,
                           *(f"{name}:{request.headers[name].strip()}" for name in names), "", ";".join(names),
                           hashlib.sha256(request.body).hexdigest()])
    at = request.headers["X-Amz-Date"]
    scope = f"{at[:8]}/{region}/{service}/aws4_request"
    text = "\n".join(["AWS4-HMAC-SHA256", at, scope, hashlib.sha256(canonical.encode()).hexdigest()])
    key = ("AWS4" + secret).encode()
    for part in (at[:8], region, service, "aws4_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest(), given
