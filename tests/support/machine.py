"""Machines that are made up: files and programs below a directory that JMRP_ROOT names."""
import os

import jmrp_test

POSTFIX = {
    "myhostname": "mx.sender.example",
    "mydomain": "sender.example",
    "myorigin": "$myhostname",
    "mydestination": "sender.example, localhost",
    "alias_maps": "hash:/etc/aliases",
    "smtpd_milters": "inet:127.0.0.1:8891",
}


class MachineTest(jmrp_test.JmrpTest):
    def on_the_machine(self):
        os.makedirs(self.path("root", "etc"), exist_ok=True)
        return {"JMRP_ROOT": self.path("root")}

    def install_program(self, name, script):
        path = self.write(f"root/usr/sbin/{name}", "#!/bin/sh\n" + script)
        os.chmod(path, 0o755)

    def install_postfix(self, **changes):
        values = {**POSTFIX, "myorigin": "sender.example", **changes}
        answers = self.write("root/answers", "".join(f"{name} = {value}\n" for name, value in values.items()))
        self.install_program("postconf", f'grep "^$2 =" {answers}\n')
        self.write("root/etc/postfix/main.cf", "")

    def install_opendmarc(self):
        self.write("root/etc/opendmarc.conf", "Syslog true\n# AuthservID other.example\n")

    def install_exim(self, configuration):
        self.write("root/exim.conf", configuration)
        self.install_program(
            "exim4",
            'case "$*" in\n'
            "'-bP primary_hostname') echo 'primary_hostname = mx.sender.example';;\n"
            "'-bP qualify_domain') echo 'qualify_domain = sender.example';;\n"
            "'-bP +local_domains') echo 'domainlist local_domains = @:localhost';;\n"
            "'-bP configure_file') echo /exim.conf;;\nesac\n",
        )
