"""The program as its package installs it, for the eyes of one process: overlays over /usr and /etc and a /var/lib of its own, in
a mount namespace. So lines of cron and units of systemd run as they stand, as their user and under their restrictions, where
no cron and no systemd run. Needs root.
"""
import configparser
import ctypes
import errno
import grp
import json
import os
import pwd
import shlex
import shutil
import socket
import stat
import subprocess
import sys

SERVICE_USER = "jmrp"
UID = 64_999


class Installed:
    def __init__(self, directory, program):
        """Below `directory`, which everybody may enter; `program` is jmrp, its siblings lie beside it."""
        self.directory = directory
        for name in ("usr/bin", "usr/libexec/jmrp", "etc/jmrp", "etc/systemd/system", "lib/jmrp"):
            os.makedirs(self.path(name))
        os.chmod(directory, 0o755)
        shutil.copy(program, self.path("usr/bin/jmrp"))
        for sibling in ("jmrp-net", "jmrp-milter"):
            shutil.copy(os.path.join(os.path.dirname(program), sibling), self.path("usr/libexec/jmrp", sibling))
        for name, line in (("passwd", f"{SERVICE_USER}:x:{UID}:{UID}::/var/lib/jmrp:/usr/sbin/nologin"),
                           ("group", f"{SERVICE_USER}:x:{UID}:")):
            with open("/etc/" + name, encoding="utf-8") as file:
                self.write("etc/" + name, file.read().rstrip("\n") + "\n" + line + "\n")
        self.owned(self.path("lib/jmrp"), 0o700)

    def path(self, *names):
        return os.path.join(self.directory, *names)

    def write(self, name, text, mode=0o644):
        """-> the path"""
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(self.path(name), mode)
        return self.path(name)

    @staticmethod
    def owned(path, mode):
        """Makes it the service user's."""
        os.chown(path, UID, UID)
        os.chmod(path, mode)

    def run(self, command, service=None, **more):
        """Runs the words with all rights, or as a unit's section [Service] says, given as a dictionary."""
        task = json.dumps({"directory": self.directory, "command": command, "service": service})
        return subprocess.run(["unshare", "--mount", *(["--net"] if (service or {}).get("PrivateNetwork") == "yes" else []), sys.executable, "-B",
                               os.path.abspath(__file__), task], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120, check=False,
                              **more)

    def run_cron_line(self, line, **more):
        """A line of /etc/cron.d: five fields of time, the user, a command for /bin/sh with cron's small environment."""
        *_, user, command = line.split(None, 6)
        if user != SERVICE_USER:
            raise AssertionError(line)
        home = "/var/lib/jmrp"
        return self.run(["setpriv", "--reuid", user, "--regid", user, "--clear-groups", "--inh-caps=-all", "--bounding-set=-all", "--no-new-privs",
                         "env", "-i", "SHELL=/bin/sh", "PATH=/usr/bin:/bin", f"HOME={home}", f"LOGNAME={user}", "/bin/sh", "-c", command], **more)

    def run_unit(self, text, **more):
        """The ExecStart of a unit, which is oneshot or ends by itself."""
        service = dict(read_unit(text)["Service"])
        return self.run(shlex.split(service["ExecStart"]), service=service, **more)


def read_unit(text):
    parser = configparser.ConfigParser(interpolation=None, strict=True, delimiters="=", comment_prefixes="#")
    parser.optionxform = str
    parser.read_string(text)
    return parser


# What runs in the namespace. The interpreter may lie in a home directory: nothing is imported once those are hidden.

def mount(*arguments):
    subprocess.run(["mount", *arguments], check=True)


def show_installation(directory):
    for name in ("usr", "etc"):
        mount("-t", "overlay", "overlay", "-o", f"lowerdir={directory}/{name}:/{name}", "/" + name)
    mount("--bind", f"{directory}/lib", "/var/lib")


def empty_folder(path):
    mount("-t", "tmpfs", "-o", "mode=755", "tmpfs", path)


def private_devices(_):
    os.mkdir("/tmp/dev")
    mount("-t", "tmpfs", "-o", "mode=755", "tmpfs", "/tmp/dev")
    for name in ("null", "zero", "full", "random", "urandom", "tty"):
        os.mknod(f"/tmp/dev/{name}")
        mount("--bind", f"/dev/{name}", f"/tmp/dev/{name}")
    mount("--move", "/tmp/dev", "/dev")


def private_tmp(_):
    for path in ("/tmp", "/var/tmp"):
        mount("-t", "tmpfs", "-o", "mode=1777", "tmpfs", path)


def protect_home(_):
    for path in ("/home", "/root", "/run/user"):
        if os.path.isdir(path):
            empty_folder(path)


def read_only(path):
    mount("--bind", path, path)
    mount("-o", "remount,bind,ro", path)


def protect_system(value):
    """strict: everything is read-only but /dev, /proc, /sys and what other settings make writable."""
    if value != "strict":
        raise AssertionError(f"ProtectSystem={value}: only strict is known here")
    with open("/proc/self/mountinfo", "rb") as file:
        points = [line.split()[4].decode() for line in file]
    for point in dict.fromkeys(points):
        if not point.startswith(("/dev", "/proc", "/sys", "/tmp", "/var/tmp")):
            subprocess.run(["mount", "-o", "remount,bind,ro", point], check=point == "/", stderr=subprocess.DEVNULL)
    mount("--bind", "/var/lib/jmrp", "/var/lib/jmrp")
    mount("-o", "remount,bind,rw", "/var/lib/jmrp")


class Comparison(ctypes.Structure):
    _fields_ = [("argument", ctypes.c_uint), ("operator", ctypes.c_int), ("a", ctypes.c_uint64), ("b", ctypes.c_uint64)]


class Filter:
    """seccomp, by libseccomp."""

    ALLOW, KILL = 0x7FFF0000, 0x80000000
    EQUAL, GREATER, MASKED_EQUAL = 4, 6, 7

    def __init__(self, default):
        self._library = ctypes.CDLL("libseccomp.so.2", use_errno=True)
        self._library.seccomp_init.restype = ctypes.c_void_p
        self._context = ctypes.c_void_p(self._library.seccomp_init(ctypes.c_uint32(default)))

    @staticmethod
    def error(number):
        return 0x00050000 | number

    def add(self, action, name, *comparisons):
        number = self._library.seccomp_syscall_resolve_name(name.encode())
        if number == -1:
            return  # the library does not know it
        array = (Comparison * len(comparisons))(*comparisons)
        self._library.seccomp_rule_add_array(self._context, ctypes.c_uint32(action), number, len(comparisons), array)

    def load(self):
        if self._library.seccomp_load(self._context) != 0:
            raise AssertionError("seccomp refuses the filter")


def calls_of(name):
    """A set of system calls as systemd names it."""
    if not name.startswith("@"):
        return [name]
    listed = subprocess.run(["systemd-analyze", "syscall-filter", name], check=True, capture_output=True, text=True).stdout
    out = []
    for line in listed.splitlines()[1:]:
        line = line.strip()
        if line and not line.startswith("#"):
            out += calls_of(line)
    return out


def filters_of(service):
    denying = Filter(Filter.ALLOW)
    if "RestrictAddressFamilies" in service:
        allowed = [getattr(socket, name) for name in service["RestrictAddressFamilies"].split() if name != "none"]
        for family in range(64):
            if family not in allowed:
                denying.add(Filter.error(errno.EAFNOSUPPORT), "socket", Comparison(0, Filter.EQUAL, family, 0))
    if service.get("MemoryDenyWriteExecute") == "yes":
        write_execute = 2 | 4
        denying.add(Filter.error(errno.EPERM), "mmap", Comparison(2, Filter.MASKED_EQUAL, write_execute, write_execute))
        for name in ("mprotect", "pkey_mprotect"):
            denying.add(Filter.error(errno.EPERM), name, Comparison(2, Filter.MASKED_EQUAL, 4, 4))
    if service.get("RestrictNamespaces") == "yes":
        denying.add(Filter.error(errno.EPERM), "unshare")
        denying.add(Filter.error(errno.EPERM), "setns")
    if service.get("RestrictSUIDSGID") == "yes":
        for name, argument in (("chmod", 1), ("fchmod", 1), ("fchmodat", 2), ("mkdir", 1), ("mkdirat", 2)):
            for bit in (stat.S_ISUID, stat.S_ISGID):
                denying.add(Filter.error(errno.EPERM), name, Comparison(argument, Filter.MASKED_EQUAL, bit, bit))
    filters = [denying]
    if "SystemCallFilter" in service:
        words = service["SystemCallFilter"].split()
        if any(word.startswith("~") for word in words):
            raise AssertionError("only lists of what is allowed are known here")
        allowing = Filter(Filter.KILL)
        for name in dict.fromkeys(call for word in ["@default", *words] for call in calls_of(word)):
            allowing.add(Filter.ALLOW, name)
        filters.append(allowing)
    return filters


def drop_rights(service, filters):
    libc = ctypes.CDLL(None, use_errno=True)
    if service.get("CapabilityBoundingSet") == "":
        for capability in range(64):
            libc.prctl(24, capability, 0, 0, 0)
    os.umask(int(service.get("UMask", "0022"), 8))
    os.nice(int(service.get("Nice", "0")))
    os.setgroups([])
    os.setgid(grp.getgrnam(service["Group"]).gr_gid)
    os.setuid(pwd.getpwnam(service["User"]).pw_uid)
    libc.prctl(38, 1, 0, 0, 0)  # PR_SET_NO_NEW_PRIVS
    for one in filters:
        one.load()


MOUNTS = {  # in this order
    "ProtectHome": protect_home,
    "PrivateTmp": private_tmp,
    "PrivateDevices": private_devices,
    "ProtectKernelTunables": lambda _: [read_only(path) for path in ("/proc/sys", "/sys")],
    "ProtectSystem": protect_system,
}
ELSEWHERE = {"User", "Group", "UMask", "Nice", "NoNewPrivileges", "CapabilityBoundingSet", "RestrictAddressFamilies",
             "MemoryDenyWriteExecute", "RestrictNamespaces", "RestrictSUIDSGID", "SystemCallFilter", "ExecStart", "PrivateNetwork",
             "StateDirectory", "StateDirectoryMode"}
# What cannot be tried here: systemd's own business, or what a process without capabilities could not do anyway.
NOT_TRIED = {"Type", "Restart", "RestartSec", "TimeoutStartSec", "TimeoutStopSec", "RuntimeDirectory", "RuntimeDirectoryMode", "ProtectClock",
             "ProtectControlGroups", "ProtectHostname", "ProtectKernelLogs", "ProtectKernelModules", "ProtectProc", "ProcSubset", "RestrictRealtime",
             "LockPersonality", "SystemCallArchitectures", "SuccessExitStatus", "IOSchedulingClass", "LimitNOFILE", "PrivateUsers", "RemoveIPC"}


def main():
    task = json.loads(sys.argv[1])
    show_installation(task["directory"])
    service = task["service"]
    environment = None
    if service is not None:
        unknown = set(service) - set(MOUNTS) - ELSEWHERE - NOT_TRIED
        if unknown:
            raise AssertionError(f"settings that are not known here: {sorted(unknown)}")
        filters = filters_of(service)
        for name, function in MOUNTS.items():
            if service.get(name, "no") != "no":
                function(service[name])
        environment = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin", "HOME": "/var/lib/jmrp", "USER": service["User"],
                       "LOGNAME": service["User"], "STATE_DIRECTORY": "/var/lib/jmrp"}
        os.chdir("/")
        drop_rights(service, filters)
    os.execvpe(task["command"][0], task["command"], environment or os.environ)


if __name__ == "__main__":
    main()
