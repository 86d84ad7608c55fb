"""An NSD of its own on loopback, unpacked only (scripts/install-packages.sh test), with the zones that a test gives it."""
import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time

PROGRAM = "/usr/local/lib/jmrp-test/nsd/usr/sbin/nsd"
PATIENCE = 60

CONFIGURATION = """
server:
  ip-address: 127.0.0.1@{port}
  zonesdir: "{base}"
  zonelistfile: "{base}/zone.list"
  database: ""
  logfile: "{base}/log"
  pidfile: "{base}/pid"
  xfrdfile: "{base}/xfrd.state"
  xfrdir: "{base}"
  username: "{user}"
  server-count: 1
  tcp-count: 20
  hide-version: yes
  do-ip6: no
  rrl-ratelimit: 0
remote-control:
  control-enable: no
"""


def missing():
    """Why it cannot be had, or None."""
    return None if os.access(PROGRAM, os.X_OK) else PROGRAM + " is not there"


def _free_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.bind(("127.0.0.1", 0))
        return udp.getsockname()[1]


@contextlib.contextmanager
def serving(zones):
    """`zones` maps a zone's name to the lines of its file after the SOA. Yields "127.0.0.1:PORT"."""
    base = tempfile.mkdtemp(prefix="jmrp-nsd-")
    user = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
    port = _free_port()
    text = CONFIGURATION.format(port=port, base=base, user=user.pw_name)
    for name, lines in zones.items():
        with open(os.path.join(base, name + ".zone"), "w", encoding="ascii") as file:
            file.write(f"$ORIGIN {name}.\n$TTL 300\n@ SOA ns.{name}. root.{name}. 1 3600 600 86400 300\n@ NS ns.{name}.\n{lines}\n")
        text += f'zone:\n  name: "{name}"\n  zonefile: "{name}.zone"\n'
    configuration = os.path.join(base, "nsd.conf")
    with open(configuration, "w", encoding="ascii") as file:
        file.write(text)
    for folder, _, files in os.walk(base):
        for entry in [folder] + [os.path.join(folder, one) for one in files]:
            os.chown(entry, user.pw_uid, user.pw_gid)
    process = subprocess.Popen([PROGRAM, "-d", "-c", configuration], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
    try:
        _wait_for(process, port, os.path.join(base, "log"))
        yield "127.0.0.1:%d" % port
    finally:
        process.terminate()
        try:
            process.wait(PATIENCE)
        finally:
            shutil.rmtree(base, ignore_errors=True)


def _wait_for(process, port, log):
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        time.sleep(0.05)
    with contextlib.suppress(OSError), open(log, encoding="utf-8") as file:
        raise AssertionError("nsd does not serve: " + file.read())
    raise AssertionError("nsd does not serve")
